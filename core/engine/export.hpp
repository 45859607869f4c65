#pragma once
// From a store into a bundle: an OCI image layout as one file.

#include <regtool/archive.hpp>

#include "engine/bundle_output.hpp"
#include "engine/manifest.hpp"
#include "engine/toolkit.hpp"

#include <set>
#include <vector>

namespace regtool {

// What goes into a bundle: the same for the same models, in whatever order they are named. The index comes first, then
// the manifests, the configs and the layers, each blob once.
struct BundlePlan {
  std::string index;                // the text of index.json
  std::vector<std::string> models;  // their names, as shown
  std::vector<std::string> manifests;
  std::vector<Layer> blobs;
  std::size_t left_out = 0;  // blobs that another bundle has
  std::uint64_t left_out_bytes = 0;

  std::uint64_t total_bytes() const;  // of the blobs

  // Of an archive of it, about.
  std::uint64_t archive_bytes() const;
};

// `without` are the blobs that another bundle has. Errc::not_found, with the nearest name, for a model that is not
// there.
Result<BundlePlan> plan_bundle(const Context& ctx, const Toolkit& toolkit, std::vector<Reference> names,
                               const std::set<Digest>& without);

// Writes it as an archive. Every blob is verified on its way: Errc::corrupt, naming the blob, when the store's is
// missing or damaged. On failure what was written is removed, unless it is Errc::cancelled: then, and after a kill, the
// next call for the same models takes it up, and reads from the store only what is not there.
Result<> write_bundle(const Context& ctx, const Toolkit& toolkit, Archive& archive, const BundlePlan& plan,
                      BundleOutput& out);

// The same to a pipe.
Result<> write_bundle(const Context& ctx, const Toolkit& toolkit, Archive& archive, const BundlePlan& plan,
                      ByteOutput& out);

}  // namespace regtool
