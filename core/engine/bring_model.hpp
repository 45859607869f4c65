#pragma once
// A model comes into a store, from wherever: first its blobs, then its name.

#include "engine/manifest.hpp"
#include "engine/toolkit.hpp"

#include <functional>

namespace regtool {

// Sees to it that each of these blobs is in the store, and good. Is told only of those that are not known to be.
using BringBlobs = std::function<Result<>(const std::vector<Layer>&)>;

// Has `bring` called with what is missing of `blobs`, the model's distinct ones, then links the name if `link`, and
// looks once more: another program may have removed a blob in between. On failure the name is as it was.
Result<> bring_model(const Context& ctx, const Toolkit& toolkit, const Reference& name, const Manifest& manifest,
                     const std::vector<Layer>& blobs, bool link, const BringBlobs& bring);

// Those of the blobs that the store does not have, or has in another size.
Result<std::vector<Layer>> missing_blobs(const Context& ctx, const Toolkit& toolkit, const std::vector<Layer>& blobs);

// True if the store has the blob, and its bytes are the right ones. Reads them only if the store does not know.
Result<bool> has_good_blob(const Context& ctx, const Toolkit& toolkit, const Descriptor& what);

}  // namespace regtool
