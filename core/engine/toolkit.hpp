#pragma once
// The objects that every operation of the engine works with. They outlive the operation.

#include <regtool/refs.hpp>
#include <regtool/store.hpp>
#include <regtool/verify.hpp>

#include "engine/progress_board.hpp"
#include "engine/transfer_settings.hpp"

namespace regtool {

struct Toolkit {
  Store& blobs;
  Refs& refs;
  Verifier& verifier;
  const TransferSettings& settings;
  ProgressBoard& progress;
};

}  // namespace regtool
