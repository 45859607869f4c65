#pragma once
// When to try again, as a pure function.

#include <regtool/error.hpp>

#include "engine/transfer_settings.hpp"

#include <chrono>
#include <optional>

namespace regtool {

// What happened since the last progress.
struct Failures {
  unsigned count = 0;                    // tries that failed, this one included
  std::chrono::milliseconds lasting{0};  // since the first of them began
};

// How long to wait before the next try; nothing to give up: the error will not pass, the tries or the patience are used
// up, or the server asks for more time than that. `jitter` is in [0, 1): it keeps a fleet from returning all at once.
std::optional<std::chrono::milliseconds> next_try(const TransferSettings& settings, const Error& error,
                                                  const Failures& failures, double jitter);

}  // namespace regtool
