#pragma once
// Many blobs at once, over one budget of connections.

#include "engine/registry_client.hpp"
#include "engine/toolkit.hpp"

#include <vector>

namespace regtool {

struct DownloadReport {
  std::uint64_t bytes = 0;  // moved, whether they were needed twice or not
  std::size_t blobs = 0;    // that were not there
};

// Brings each blob into the store unless it is there and good: one that is not known to be good is hashed first.
// Returns when all are published, or with the first failure that retries did not cure; what was fetched until then
// stays staged.
Result<DownloadReport> download(const Context& ctx, const Toolkit& toolkit, RegistryClient& client,
                                const std::vector<Layer>& blobs);

}  // namespace regtool
