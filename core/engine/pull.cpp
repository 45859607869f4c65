#include "engine/pull.hpp"

#include "engine/bring_model.hpp"
#include "engine/download.hpp"
#include "engine/library.hpp"

#include <algorithm>
#include <set>

namespace regtool {
namespace {

// Returns how many blobs it removed. The name has moved by now, so what goes wrong here does not undo the pull.
std::size_t prune_replaced(const Context& ctx, const Toolkit& toolkit, const Manifest& replaced,
                           const std::vector<Layer>& current) {
  std::set<Digest> kept;
  for (const auto& layer : current) kept.insert(layer.blob.digest);
  auto candidates = replaced.distinct_blobs();
  std::erase_if(candidates, [&](const Layer& old) { return kept.contains(old.blob.digest); });
  if (candidates.empty()) return 0;
  const auto removed = remove_unreferenced(ctx, toolkit, candidates);
  if (removed) return removed->blobs;
  ctx.console.warn("blobs of the replaced version stay in the store: " + removed.error().message);
  return 0;
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

// A mirror is reached like its registry, but is nobody whom the registry's credentials would concern.
RegistryAccess mirror_access(const RegistryAccess& registry, const std::string& origin) {
  RegistryAccess mirror;
  mirror.origin = origin;
  mirror.plain_http_allowed = origin.starts_with("http://");
  mirror.transport = registry.transport;
  return mirror;
}

// Another source could do better.
bool is_the_sources_fault(const Error& error) {
  switch (error.code) {
    case Errc::cancelled:
    case Errc::no_space:
    case Errc::io:
    case Errc::internal:
      return false;
    default:
      return true;
  }
}

// The first mirror that works. What one that fails had brought until then is not fetched again.
std::optional<Result<PullReport>> pull_from_mirrors(const Context& ctx, const Toolkit& toolkit,
                                                    const RegistryAccess& registry, const Reference& name,
                                                    const PullOptions& options) {
  auto settings = toolkit.settings;
  // The registry itself is there to fall back on.
  settings.tries = std::min(settings.tries, 2u);
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

Result<Manifest> fetch_manifest(const Context& ctx, const Toolkit& toolkit, const RegistryAccess& registry,
                                const Reference& name) {
  RegistryClient client(registry, toolkit.settings, name.repository());
  return client.manifest(ctx, toolkit.verifier, name).map_error([&](Error error) {
    return std::move(error).in("manifest of " + name.display());
  });
}

}  // namespace regtool
