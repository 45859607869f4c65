#pragma once
// What `regtool verify` tells.

#include "engine/repair.hpp"

#include <string>
#include <vector>

namespace regtool::cli {

struct VerifyReport {
  std::vector<StoredModel> models{};
  std::vector<std::string> unreadable{};  // "name: why", of those whose manifest is not good
  std::size_t blobs = 0;
  std::vector<BlobRepair> problems{};
  bool repaired = false;  // a repair was tried

  std::size_t mended() const;

  // Problems that are still there.
  std::size_t left() const { return unreadable.size() + problems.size() - mended(); }
};

std::string as_text(const VerifyReport& report);
std::string as_json(const VerifyReport& report);

}  // namespace regtool::cli
