#include "engine/library.hpp"

#include "base/nearest.hpp"
#include "engine/hash_source.hpp"
#include "engine/parallel.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>

namespace regtool {
namespace {

Result<std::optional<std::string>> check_blob(const Context& ctx, const Toolkit& toolkit, const Layer& layer,
                                              Transfer& transfer) {
  transfer.enter(TransferState::verifying);
  REGTOOL_TRY_ASSIGN(const auto blob, toolkit.blobs.open(ctx, layer.blob.digest));
  if (!blob) return "is missing";
  const auto proof =
      hash_source(ctx, toolkit.verifier, layer.blob, *blob, [&](std::uint64_t hashed) { transfer.settle(hashed); });
  if (!proof && proof.error().code == Errc::corrupt) return proof.error().message;
  if (!proof) return fail(proof.error());
  blob->trust(*proof);
  transfer.enter(TransferState::finished);
  return std::optional<std::string>();
}

Result<ModelInfo> describe_model(const Context& ctx, const Toolkit& toolkit, const RefInfo& info) {
  ModelInfo model{info.name, std::nullopt, 0, info.modified, {}};
  auto manifest = local_manifest(ctx, toolkit, info.name);
  if (!manifest) {
    model.problem = manifest.error().message;
    return model;
  }
  REGTOOL_TRY_ASSIGN(model.manifest, digest_of(toolkit.verifier, manifest->bytes()));
  model.size = manifest->total_size();
  return model;
}

}  // namespace

Result<std::vector<ModelInfo>> list_models(const Context& ctx, const Toolkit& toolkit) {
  REGTOOL_TRY_ASSIGN(const auto names, toolkit.refs.list(ctx));
  std::vector<ModelInfo> models;
  models.reserve(names.size());
  for (const auto& info : names) {
    REGTOOL_TRY_ASSIGN(auto model, describe_model(ctx, toolkit, info));
    models.push_back(std::move(model));
  }
  return models;
}

Result<Manifest> local_manifest(const Context& ctx, const Toolkit& toolkit, const Reference& name) {
  REGTOOL_TRY_ASSIGN(auto bytes, toolkit.refs.resolve(ctx, name));
  if (bytes) return Manifest::parse(std::move(*bytes));
  REGTOOL_TRY_ASSIGN(const auto names, toolkit.refs.list(ctx));
  std::vector<std::string> displayed;
  for (const auto& info : names) displayed.push_back(info.name.display());
  const std::vector<std::string_view> known(displayed.begin(), displayed.end());
  const auto similar = std::string(nearest(name.display(), known));
  return fail(Errc::not_found,
              name.display() + " is not in the store" + (similar.empty() ? "" : "; did you mean \"" + similar + "\"?"));
}

Result<std::string> read_blob(const Context& ctx, const Toolkit& toolkit, const Descriptor& blob, std::size_t limit) {
  if (blob.size > limit)
    return fail(Errc::unsupported, "a blob of " + std::to_string(blob.size) + " bytes is not shown");
  REGTOOL_TRY_ASSIGN(const auto source, toolkit.blobs.open(ctx, blob.digest));
  if (!source) return fail(Errc::corrupt, "blob " + std::string(blob.digest.brief()) + " is missing");
  REGTOOL_TRY_ASSIGN(auto verification, Verification::begin(toolkit.verifier, blob));
  std::string text(blob.size, '\0');
  for (std::size_t at = 0; at < text.size();) {
    const auto rest = std::as_writable_bytes(std::span(text)).subspan(at);
    REGTOOL_TRY_ASSIGN(const auto count, source->read_at(at, rest));
    if (count == 0) break;
    verification.update(rest.first(count));
    at += count;
  }
  REGTOOL_TRY(verification.finish().map_error(
      [&](Error error) { return std::move(error).in("blob " + std::string(blob.digest.brief())); }));
  return text;
}

Result<> copy_model(const Context& ctx, const Toolkit& toolkit, const Reference& from, const Reference& to) {
  REGTOOL_TRY_ASSIGN(const auto manifest, local_manifest(ctx, toolkit, from));
  REGTOOL_TRY(toolkit.refs.link(ctx, to, manifest.bytes()));
  // Another process may have removed `from` with its blobs before it could see that they have a second name now.
  for (const auto& layer : manifest.distinct_blobs()) {
    REGTOOL_TRY_ASSIGN(const auto blob, toolkit.blobs.open(ctx, layer.blob.digest));
    if (blob) continue;
    return fail(Errc::not_found, "copied, but its " + layer.label() + " is not in the store: pull " + to.display());
  }
  return {};
}

std::vector<Layer> blobs_of(const std::vector<StoredModel>& models) {
  std::vector<Layer> blobs;
  std::set<Digest> seen;
  for (const auto& model : models) {
    for (auto& layer : model.manifest.distinct_blobs()) {
      if (seen.insert(layer.blob.digest).second) blobs.push_back(std::move(layer));
    }
  }
  return blobs;
}

Result<std::vector<BlobProblem>> verify_blobs(const Context& ctx, const Toolkit& toolkit,
                                              const std::vector<Layer>& blobs) {
  std::vector<Transfer*> transfers;
  for (const auto& layer : blobs) transfers.push_back(&toolkit.progress.add(layer.label(), layer.blob));

  std::mutex mutex;
  std::vector<BlobProblem> problems;
  REGTOOL_TRY(parallel_for(ctx, blobs.size(), std::thread::hardware_concurrency(),
                           [&](const Context& inner, std::size_t i) -> Result<> {
                             REGTOOL_TRY_ASSIGN(auto problem, check_blob(inner, toolkit, blobs[i], *transfers[i]));
                             const std::lock_guard lock(mutex);
                             if (problem) problems.push_back({blobs[i], std::move(*problem)});
                             return {};
                           }));
  std::sort(problems.begin(), problems.end(),
            [](const BlobProblem& a, const BlobProblem& b) { return a.blob.blob.digest < b.blob.blob.digest; });
  return problems;
}

}  // namespace regtool
