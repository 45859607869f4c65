#include "engine/bring_model.hpp"

#include "engine/hash_source.hpp"
#include "engine/parallel.hpp"

namespace regtool {
namespace {

// Another program may have removed a blob between our look at it and the moment at which the name came to need it.
constexpr int max_rounds = 3;

// A store may be far away, and answer slowly but many at once.
constexpr unsigned lookers = 8;

using BlobCheck = std::function<bool(const Layer&, const Blob*)>;

// The blobs that do not satisfy `good`, which is called from several threads with what the store has of each, or null.
Result<std::vector<Layer>> blobs_not(const Context& ctx, const Toolkit& toolkit, const std::vector<Layer>& blobs,
                                     const BlobCheck& good) {
  std::vector<char> found(blobs.size());
  REGTOOL_TRY(parallel_for(ctx, blobs.size(), lookers, [&](const Context& each, std::size_t i) -> Result<> {
    REGTOOL_TRY_ASSIGN(const auto blob, toolkit.blobs.open(each, blobs[i].blob.digest));
    found[i] = good(blobs[i], blob.get()) ? 1 : 0;
    return {};
  }));
  std::vector<Layer> others;
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    if (found[i] == 0) others.push_back(blobs[i]);
  }
  return others;
}

// Those that are not known to be there and good: they are for download() to look at, or to fetch.
Result<std::vector<Layer>> doubtful_blobs(const Context& ctx, const Toolkit& toolkit, const std::vector<Layer>& blobs) {
  std::vector<Transfer*> transfers;
  for (const auto& layer : blobs) transfers.push_back(&toolkit.progress.add(layer.label(), layer.blob));
  return blobs_not(ctx, toolkit, blobs, [&](const Layer& layer, const Blob* blob) {
    const bool good = blob && blob->size() == layer.blob.size && blob->trusted();
    if (good) transfers[static_cast<std::size_t>(&layer - blobs.data())]->enter(TransferState::present);
    return good;
  });
}

}  // namespace

Result<> bring_model(const Context& ctx, const Toolkit& toolkit, const Reference& name, const Manifest& manifest,
                     const std::vector<Layer>& blobs, bool link, const BringBlobs& bring) {
  REGTOOL_TRY_ASSIGN(auto wanted, doubtful_blobs(ctx, toolkit, blobs));
  if (wanted.empty() && !link) return {};
  for (int round = 0; round < max_rounds; ++round) {
    REGTOOL_TRY(bring(wanted));
    if (round == 0 && link) {
      toolkit.progress.enter("writing manifest");
      REGTOOL_TRY(toolkit.refs.link(ctx, name, manifest.bytes()));
    }
    REGTOOL_TRY_ASSIGN(wanted, missing_blobs(ctx, toolkit, blobs));
    if (wanted.empty()) return {};
  }
  return fail(Errc::unavailable, "blobs disappear as soon as they are there: is another program cleaning the store?");
}

Result<std::vector<Layer>> missing_blobs(const Context& ctx, const Toolkit& toolkit, const std::vector<Layer>& blobs) {
  return blobs_not(ctx, toolkit, blobs,
                   [](const Layer& layer, const Blob* blob) { return blob && blob->size() == layer.blob.size; });
}

Result<bool> has_good_blob(const Context& ctx, const Toolkit& toolkit, const Descriptor& what) {
  REGTOOL_TRY_ASSIGN(const auto blob, toolkit.blobs.open(ctx, what.digest));
  if (!blob || blob->size() != what.size) return false;
  if (blob->trusted()) return true;
  const auto proof = hash_source(ctx, toolkit.verifier, what, *blob);
  if (proof) {
    blob->trust(*proof);
    return true;
  }
  if (proof.error().code != Errc::corrupt) return fail(proof.error());
  ctx.console.warn("the store's blob " + std::string(what.digest.brief()) + " is damaged: " + proof.error().message);
  return false;
}

}  // namespace regtool
