#pragma once
// From a bundle into a store.

#include <regtool/archive.hpp>

#include "engine/bundle_models.hpp"
#include "engine/copy.hpp"
#include "engine/toolkit.hpp"

#include <vector>

namespace regtool {

// What became of one model.
struct ImportedModel {
  Reference name;
  Result<CopyReport> outcome;  // Errc::not_found, with what is missing, where neither bundle nor store has all blobs
};

// Makes the models that are chosen in the store what they are in the bundle. Every blob is verified; a name moves last,
// and only if all of its blobs are there. A bundle that is not as it should be is refused before anything is written.
// What was written is kept for the next call when this one fails.
Result<std::vector<ImportedModel>> import_bundle(const Context& ctx, const Toolkit& toolkit, Archive& archive,
                                                 const Source& bundle, const BundleChoice& choice);

// The same from a pipe, which is read once: blobs are published as they come. A bundle that turns out not to be as it
// should be leaves blobs behind that no name leads to.
Result<std::vector<ImportedModel>> import_stream(const Context& ctx, const Toolkit& toolkit, Archive& archive,
                                                 ByteInput& in, const BundleChoice& choice);

// What is to be said of blobs that neither bundle nor store has.
Error missing_from_bundle(const std::vector<Layer>& missing);

}  // namespace regtool
