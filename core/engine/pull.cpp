#include "engine/pull.hpp"

#include "engine/download.hpp"
#include "engine/mirrors.hpp"
#include "engine/parallel.hpp"
#include "engine/unreferenced.hpp"

#include <algorithm>
#include <functional>
#include <set>

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

Result<std::vector<Layer>> missing_blobs(const Context& ctx, const Toolkit& toolkit, const std::vector<Layer>& blobs) {
  return blobs_not(ctx, toolkit, blobs,
                   [](const Layer& layer, const Blob* blob) { return blob && blob->size() == layer.blob.size; });
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

Result<> fetch_all(const Context& ctx, const Toolkit& toolkit, RegistryClient& client, const Reference& name,
                   const Manifest& manifest, const std::vector<Layer>& blobs, PullReport& report) {
  REGTOOL_TRY_ASSIGN(auto wanted, doubtful_blobs(ctx, toolkit, blobs));
  if (wanted.empty() && !report.changed) return {};
  for (int round = 0; round < max_rounds; ++round) {
    REGTOOL_TRY_ASSIGN(const auto fetched, download(ctx, toolkit, client, wanted));
    report.fetched_bytes += fetched.bytes;
    report.fetched_blobs += fetched.blobs;
    if (round == 0 && report.changed) {
      toolkit.progress.enter("writing manifest");
      REGTOOL_TRY(toolkit.refs.link(ctx, name, manifest.bytes()));
    }
    REGTOOL_TRY_ASSIGN(wanted, missing_blobs(ctx, toolkit, blobs));
    if (wanted.empty()) return {};
  }
  return fail(Errc::unavailable, "blobs disappear while they are being pulled: is another program cleaning the store?");
}

// Returns how many blobs it removed. The name has moved by now, so what goes wrong here does not undo the pull.
std::size_t prune_replaced(const Context& ctx, const Toolkit& toolkit, const Manifest& replaced,
                           const std::vector<Layer>& current) {
  std::set<Digest> kept;
  for (const auto& layer : current) kept.insert(layer.blob.digest);
  std::vector<Digest> candidates;
  for (const auto& old : replaced.distinct_blobs()) {
    if (!kept.contains(old.blob.digest)) candidates.push_back(old.blob.digest);
  }
  Removal removal;
  if (const auto removed = remove_unreferenced(ctx, toolkit, candidates, removal); !removed) {
    ctx.console.warn("blobs of the replaced version stay in the store: " + removed.error().message);
  }
  return removal.removed.size();
}

Result<PullReport> pull_manifest(const Context& ctx, const Toolkit& toolkit, RegistryClient& client,
                                 const Reference& name, const PullOptions& options) {
  toolkit.progress.enter("pulling manifest");
  REGTOOL_TRY_ASSIGN(const auto manifest, client.manifest(ctx, toolkit.verifier, name));
  // That there is none, or one that cannot be read, is no reason to fail: the new one replaces it either way.
  const auto previous = toolkit.refs.resolve(ctx, name).value_or(std::nullopt);
  REGTOOL_TRY_ASSIGN(auto digest, digest_of(toolkit.verifier, manifest.bytes()));
  const auto blobs = manifest.distinct_blobs();
  PullReport report{std::move(digest)};
  for (const auto& layer : blobs) report.total_bytes += layer.blob.size;
  report.blobs = blobs.size();
  report.changed = previous != manifest.bytes();
  if (options.dry_run) {
    REGTOOL_TRY_ASSIGN(const auto missing, missing_blobs(ctx, toolkit, blobs));
    report.fetched_blobs = missing.size();
    for (const auto& layer : missing) report.fetched_bytes += layer.blob.size;
    return report;
  }
  toolkit.progress.enter("pulling blobs");
  REGTOOL_TRY(fetch_all(ctx, toolkit, client, name, manifest, blobs, report));
  if (previous && report.changed && options.prune && toolkit.settings.prune) {
    if (const auto replaced = Manifest::parse(*previous)) {
      report.pruned_blobs = prune_replaced(ctx, toolkit, *replaced, blobs);
    }
  }
  return report;
}

// The first mirror that works. What one that fails had brought until then is not fetched again.
std::optional<Result<PullReport>> pull_from_mirrors(const Context& ctx, const Toolkit& toolkit,
                                                    const RegistryAccess& registry, const Reference& name,
                                                    const PullOptions& options) {
  const auto settings = mirror_settings(toolkit.settings);
  const Toolkit impatient{toolkit.blobs, toolkit.refs, toolkit.verifier, settings, toolkit.progress};
  for (const auto& origin : registry.mirrors) {
    const auto access = mirror_access(registry, origin);
    RegistryClient client(access, settings, name.repository());
    auto report = pull_manifest(ctx, impatient, client, name, options);
    if (report || !is_the_sources_fault(report.error())) return report;
    ctx.console.warn("mirror " + origin + ": " + report.error().message);
  }
  return std::nullopt;
}

}  // namespace

Result<PullReport> pull(const Context& ctx, const Toolkit& toolkit, const RegistryAccess& registry,
                        const Reference& name, const PullOptions& options) {
  const auto describe = [&](Error error) { return std::move(error).in("pull " + name.display()); };
  if (auto mirrored = pull_from_mirrors(ctx, toolkit, registry, name, options)) return mirrored->map_error(describe);
  RegistryClient client(registry, toolkit.settings, name.repository());
  return pull_manifest(ctx, toolkit, client, name, options).map_error(describe);
}

}  // namespace regtool
