#include "engine/pull.hpp"

#include "engine/bring_model.hpp"
#include "engine/download.hpp"
#include "engine/library.hpp"
#include "engine/mirrors.hpp"
#include "engine/parallel.hpp"
#include "engine/unreferenced.hpp"

#include <algorithm>
#include <set>

namespace regtool {
namespace {

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
  REGTOOL_TRY(bring_model(ctx, toolkit, name, manifest, blobs, report.changed,
                          [&](const std::vector<Layer>& wanted) -> Result<> {
                            REGTOOL_TRY_ASSIGN(const auto fetched, download(ctx, toolkit, client, wanted));
                            report.fetched_bytes += fetched.bytes;
                            report.fetched_blobs += fetched.blobs;
                            return {};
                          }));
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
