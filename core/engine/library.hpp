#pragma once
// What can be done with the models in a store, without a registry.

#include "engine/manifest.hpp"
#include "engine/toolkit.hpp"

#include <chrono>
#include <functional>

namespace regtool {

struct ModelInfo {
  Reference name;
  std::optional<Digest> manifest;  // nothing when its manifest cannot be read
  std::uint64_t size = 0;          // bytes of all distinct blobs
  std::uint64_t shared = 0;        // of these, bytes that other models in the store use as well
  std::chrono::system_clock::time_point modified{};
  std::string problem;              // why the manifest cannot be read
  std::vector<Descriptor> blobs{};  // distinct ones
};

// Every model, in the order of the names. One that cannot be read is listed with its problem.
Result<std::vector<ModelInfo>> list_models(const Context& ctx, const Toolkit& toolkit);

// Bytes that the models take up together: what they share counts once.
std::uint64_t distinct_bytes(const std::vector<ModelInfo>& models);

// The manifest of a model in the store. Errc::not_found, with the nearest name that there is.
Result<Manifest> local_manifest(const Context& ctx, const Toolkit& toolkit, const Reference& name);

// The bytes of a small blob (template, parameters, licence, config): at most `limit`. Checked against its digest.
Result<std::string> read_blob(const Context& ctx, const Toolkit& toolkit, const Descriptor& blob, std::size_t limit);

// Gives `from` a second name. Replaces what `to` pointed to; its blobs stay until a prune.
Result<> copy_model(const Context& ctx, const Toolkit& toolkit, const Reference& from, const Reference& to);

struct BlobProblem {
  Layer blob;
  std::string what;  // "is missing", "expected …, found …"
};

struct StoredModel {
  Reference name;
  Manifest manifest;
};

// The distinct blobs of the models.
std::vector<Layer> blobs_of(const std::vector<StoredModel>& models);

// Hashes each of the blobs, several at a time, whatever the store believes of them.
// The problems are a value, in the order of digests: an Error means that checking itself failed.
Result<std::vector<BlobProblem>> verify_blobs(const Context& ctx, const Toolkit& toolkit,
                                              const std::vector<Layer>& blobs);

}  // namespace regtool
