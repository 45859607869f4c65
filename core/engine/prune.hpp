#pragma once
// Removing the blobs that no name leads to.

#include "engine/manifest.hpp"
#include "engine/toolkit.hpp"

#include <cstdint>
#include <vector>

namespace regtool {

struct RemovalReport {
  std::size_t blobs = 0;    // removed, because no other model needs them
  std::uint64_t bytes = 0;  // freed
};

// Removes those of `candidates` that no manifest in the store refers to. Removes nothing if any manifest cannot be
// read. Safe alongside processes that link names meanwhile, without a lock, which a network file system might not keep:
// it looks at the names before and after, and puts back what has come to be needed in between. Who links a name looks
// for its blobs afterwards, as pull() does: so one of the two sees the other.
Result<RemovalReport> remove_unreferenced(const Context& ctx, const Toolkit& toolkit,
                                          const std::vector<Layer>& candidates);

}  // namespace regtool
