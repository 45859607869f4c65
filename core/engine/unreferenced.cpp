#include "engine/unreferenced.hpp"

#include "engine/each_manifest.hpp"
#include "engine/parallel.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

namespace regtool {
namespace {

// How many blobs are removed between two looks at the names. Each is kept open until the second one.
constexpr std::size_t batch = 128;
constexpr unsigned most_removers = 32;

// A blob that is no longer in the store; what it held can still be read.
struct Removed {
  Descriptor what;
  std::unique_ptr<Blob> blob;
};

// Where a manifest that cannot be read is a failure.
Result<std::set<Digest>> referenced_blobs(const Context& ctx, const Toolkit& toolkit) {
  REGTOOL_TRY_ASSIGN(auto needs, needs_of_names(ctx, toolkit));
  if (needs.unreadable.empty()) return std::move(needs.blobs);
  auto& first = needs.unreadable.front();
  return fail(std::move(first.why).in(first.name.display() + " cannot be read, so no blob is removed"));
}

// Adds to `removed`, on failure too.
Result<> remove(const Context& ctx, const Toolkit& toolkit, std::span<const Digest> digests,
                std::vector<Removed>& removed) {
  std::mutex mutex;
  return parallel_for(ctx, digests.size(), most_removers, [&](const Context& each, std::size_t i) -> Result<> {
    REGTOOL_TRY_ASSIGN(auto blob, toolkit.blobs.open(each, digests[i]));
    if (!blob) return {};
    REGTOOL_TRY_ASSIGN(const bool gone, toolkit.blobs.remove(each, digests[i]));
    const std::lock_guard lock(mutex);
    if (gone) removed.push_back({{digests[i], blob->size()}, std::move(blob)});
    return {};
  });
}

// As any blob comes into the store: verified.
Result<> put_back(const Context& ctx, const Toolkit& toolkit, const Removed& removed) {
  REGTOOL_TRY_ASSIGN(const auto there, toolkit.blobs.open(ctx, removed.what.digest));
  if (there) return {};
  REGTOOL_TRY_ASSIGN(auto verification, Verification::begin(toolkit.verifier, removed.what));
  REGTOOL_TRY_ASSIGN(auto staged, toolkit.blobs.stage(ctx, removed.what));
  std::vector<std::byte> buffer(1 << 20);
  for (std::uint64_t at = 0; at < removed.what.size;) {
    REGTOOL_TRY_ASSIGN(const auto count, removed.blob->read_at(at, buffer));
    const auto piece = std::span(buffer).first(count);
    verification.update(piece);
    REGTOOL_TRY(staged->write_at(at, piece));
    at += count;
  }
  auto proof = verification.finish();
  if (!proof) {
    staged->discard();
    return fail(std::move(proof).error());
  }
  Finished finished[] = {{std::move(staged), std::move(*proof)}};
  return toolkit.blobs.commit(ctx, finished);
}

// What has come to be needed, or may have, goes back. Gives what is needed now.
Result<std::set<Digest>> put_back_needed(const Context& ctx, const Toolkit& toolkit, std::vector<Removed>& removed) {
  auto needed = referenced_blobs(ctx, toolkit);
  Result<> outcome;
  std::erase_if(removed, [&](const Removed& one) {
    if (needed && !needed->contains(one.what.digest)) return false;
    if (auto back = put_back(ctx, toolkit, one); !back) {
      outcome = fail(std::move(back).error().in("blob " + one.what.digest.text() +
                                                " is needed after all, and cannot be put back; regtool verify --repair "
                                                "fetches it"));
    }
    return true;
  });
  REGTOOL_TRY(outcome);
  return needed;
}

}  // namespace

Result<Needs> needs_of_names(const Context& ctx, const Toolkit& toolkit) {
  REGTOOL_TRY_ASSIGN(const auto names, toolkit.refs.list(ctx));
  std::mutex mutex;
  Needs needs;
  REGTOOL_TRY(for_each_manifest(ctx, toolkit, names, [&](std::size_t i, auto manifest) -> Result<> {
    const std::lock_guard lock(mutex);
    if (!manifest) {
      needs.unreadable.push_back({names[i].name, std::move(manifest).error()});
    } else if (*manifest) {
      needs.blobs.insert((*manifest)->config().blob.digest);
      for (const auto& layer : (*manifest)->layers()) needs.blobs.insert(layer.blob.digest);
    }
    return {};
  }));
  std::ranges::sort(needs.unreadable, {}, [](const UnreadableName& one) { return one.name.display(); });
  return needs;
}

Result<> remove_unreferenced(const Context& ctx, const Toolkit& toolkit, std::span<const Digest> candidates,
                             Removal& removal) {
  // What was removed must be looked at again even if nothing more is to be.
  const Context unstoppable{{}, ctx.clock, ctx.console};
  if (candidates.empty()) return {};
  REGTOOL_TRY_ASSIGN(auto referenced, referenced_blobs(ctx, toolkit));
  while (!candidates.empty()) {
    if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    const auto some = candidates.first(std::min(batch, candidates.size()));
    candidates = candidates.subspan(some.size());
    std::vector<Digest> unreferenced;
    for (const auto& digest : some) (referenced.contains(digest) ? removal.needed : unreferenced).push_back(digest);
    std::vector<Removed> gone;
    auto outcome = remove(ctx, toolkit, unreferenced, gone);
    auto needed = gone.empty() ? std::move(referenced) : put_back_needed(unstoppable, toolkit, gone);
    for (const auto& one : gone) removal.removed.push_back(one.what);
    REGTOOL_TRY_ASSIGN(referenced, std::move(needed));
    REGTOOL_TRY(outcome);
  }
  return {};
}

}  // namespace regtool
