#pragma once
// A blob that is being written, with the hash of what is there of it.

#include "engine/toolkit.hpp"

namespace regtool {

struct StagedBlob {
  std::unique_ptr<StagedObject> staged;
  Verification verification;  // at the first byte that can be read back, or that is missing
};

// Begins or resumes a blob. Where the store cannot give back what an earlier run wrote, goes on with the hash of that
// run; what is of no use is thrown away.
Result<StagedBlob> stage_blob(const Context& ctx, const Toolkit& toolkit, const Descriptor& what);

}  // namespace regtool
