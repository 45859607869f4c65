#include "engine/library.hpp"

#include "base/nearest.hpp"
#include "engine/each_manifest.hpp"
#include "engine/hash_source.hpp"
#include "engine/parallel.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>

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

Result<> describe(const Toolkit& toolkit, const Result<std::optional<Manifest>>& manifest, ModelInfo& model) {
  if (!manifest) model.problem = manifest.error().message;
  if (!manifest || !*manifest) return {};
  REGTOOL_TRY_ASSIGN(model.manifest, digest_of(toolkit.verifier, (*manifest)->bytes()));
  for (auto& layer : (*manifest)->distinct_blobs()) {
    model.size += layer.blob.size;
    model.blobs.push_back(std::move(layer.blob));
  }
  return {};
}

void find_shared(std::vector<ModelInfo>& models) {
  std::unordered_map<std::string_view, std::size_t> users;
  for (const auto& model : models) {
    for (const auto& blob : model.blobs) ++users[blob.digest.hex()];
  }
  for (auto& model : models) {
    for (const auto& blob : model.blobs) {
      if (users[blob.digest.hex()] > 1) model.shared += blob.size;
    }
  }
}

}  // namespace

Result<std::vector<ModelInfo>> list_models(const Context& ctx, const Toolkit& toolkit) {
  REGTOOL_TRY_ASSIGN(const auto names, toolkit.refs.list(ctx));
  std::vector<ModelInfo> models;
  models.reserve(names.size());
  for (const auto& info : names) models.push_back({info.name, {}, 0, 0, info.modified, {}});
  REGTOOL_TRY(for_each_manifest(ctx, toolkit, names, [&](std::size_t i, const auto& manifest) {
    return describe(toolkit, manifest, models[i]);
  }));
  // What another process has removed by now is neither.
  std::erase_if(models, [](const ModelInfo& model) { return !model.manifest && model.problem.empty(); });
  find_shared(models);
  return models;
}

std::uint64_t distinct_bytes(const std::vector<ModelInfo>& models) {
  std::unordered_set<std::string_view> counted;
  std::uint64_t bytes = 0;
  for (const auto& model : models) {
    for (const auto& blob : model.blobs) {
      if (counted.insert(blob.digest.hex()).second) bytes += blob.size;
    }
  }
  return bytes;
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
