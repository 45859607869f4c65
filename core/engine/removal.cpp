#include "engine/removal.hpp"

#include "engine/each_manifest.hpp"
#include "engine/library.hpp"
#include "engine/unreferenced.hpp"

#include <algorithm>
#include <mutex>

namespace regtool {
namespace {

// A manifest that cannot be read can still be removed; what it needed is then anybody's guess, and stays.
bool is_unreadable(const Result<Manifest>& manifest) {
  return !manifest && (manifest.error().code == Errc::protocol || manifest.error().code == Errc::corrupt);
}

RemovalReport report_of(const Removal& removal, const std::vector<Layer>& blobs) {
  RemovalReport report;
  for (const auto& blob : removal.removed) report.removed.add(blob.size);
  for (const auto& layer : blobs) {
    if (std::ranges::find(removal.needed, layer.blob.digest) != removal.needed.end()) {
      report.shared.add(layer.blob.size);
    }
  }
  return report;
}

}  // namespace

Result<RemovalReport> remove_model(const Context& ctx, const Toolkit& toolkit, const Reference& name, bool prune) {
  auto manifest = local_manifest(ctx, toolkit, name);
  if (!manifest && !is_unreadable(manifest)) return fail(std::move(manifest).error());
  REGTOOL_TRY(toolkit.refs.unlink(ctx, name));
  if (!manifest || !prune) return RemovalReport{};
  const auto blobs = manifest->distinct_blobs();
  std::vector<Digest> candidates;
  for (const auto& layer : blobs) candidates.push_back(layer.blob.digest);
  Removal removal;
  const auto removed = remove_unreferenced(ctx, toolkit, candidates, removal);
  // The name is gone, which is what was asked for.
  if (!removed) {
    ctx.console.warn(name.display() + " is removed, but not all of its blobs: " + removed.error().message);
  }
  return report_of(removal, blobs);
}

Result<RemovalRehearsal> RemovalRehearsal::begin(const Context& ctx, const Toolkit& toolkit) {
  REGTOOL_TRY_ASSIGN(const auto names, toolkit.refs.list(ctx));
  RemovalRehearsal rehearsal;
  for (const auto& info : names) rehearsal.left_.push_back(info.name);
  std::mutex mutex;
  REGTOOL_TRY(for_each_manifest(ctx, toolkit, names, [&](std::size_t i, auto manifest) -> Result<> {
    const std::lock_guard lock(mutex);
    if (!manifest) {
      rehearsal.unreadable_.insert(names[i].name.display());
    } else if (*manifest) {
      for (const auto& layer : (*manifest)->distinct_blobs()) ++rehearsal.users_[layer.blob.digest];
    }
    return {};
  }));
  return rehearsal;
}

Result<RemovalReport> RemovalRehearsal::remove(const Context& ctx, const Toolkit& toolkit, const Reference& name,
                                               bool prune) {
  const auto manifest = local_manifest(ctx, toolkit, name);
  if (!manifest && !is_unreadable(manifest)) return fail(manifest.error());
  // Of several spellings the very one is meant.
  auto found = std::ranges::find(left_, name.display(), &Reference::display);
  if (found == left_.end()) {
    found = std::ranges::find_if(left_, [&](const Reference& one) { return one.same_name(name); });
  }
  if (found == left_.end()) return fail(Errc::not_found, name.display() + " is not in the store any more");
  unreadable_.erase(found->display());
  left_.erase(found);
  RemovalReport report;
  if (!manifest) return report;
  for (const auto& layer : manifest->distinct_blobs()) {
    // None where another process has linked it since.
    auto& users = users_[layer.blob.digest];
    if (users > 0) --users;
    if (users > 0) {
      report.shared.add(layer.blob.size);
    } else if (prune && unreadable_.empty()) {
      REGTOOL_TRY_ASSIGN(const auto blob, toolkit.blobs.open(ctx, layer.blob.digest));
      if (blob) report.removed.add(blob->size());
    }
  }
  return prune ? report : RemovalReport{};
}

}  // namespace regtool
