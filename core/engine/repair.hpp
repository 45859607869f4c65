#pragma once
// Fetching again what a store has damaged or lost.

#include "engine/library.hpp"
#include "engine/registry_access.hpp"

#include <functional>
#include <string>
#include <vector>

namespace regtool {

struct BlobRepair {
  BlobProblem problem;
  bool mended = false;
  std::string why{};  // it was not: what each registry said
};

using FindRegistry = std::function<Result<RegistryAccess>(const Reference&)>;

// Fetches each of the damaged or missing blobs by its digest, from wherever the models that need it come from, mirrors
// first: the tags there may have moved on since. What the store has of a blob stays until its replacement is whole. An
// Error means that nothing more could be done: the user gave up, the disk is full; what was mended until then is.
Result<std::vector<BlobRepair>> repair_blobs(const Context& ctx, const Toolkit& toolkit,
                                             const std::vector<StoredModel>& models,
                                             const std::vector<BlobProblem>& problems,
                                             const FindRegistry& find_registry);

}  // namespace regtool
