#include "engine/prune.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace regtool {
namespace {

Result<> remove_leftovers(const Context& ctx, Leftovers& leftovers, const std::vector<Leftover>& all,
                          std::vector<Leftover>& removed) {
  Result<> outcome;
  for (const auto& leftover : all) {
    if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    auto done = leftovers.remove(ctx, leftover);
    if (!done) {
      outcome = fail(std::move(done).error());
    } else if (*done) {
      removed.push_back(leftover);
    }
  }
  return outcome;
}

}  // namespace

Result<Inventory> take_inventory(const Context& ctx, const Toolkit& toolkit, Leftovers* leftovers) {
  Inventory inventory;
  if (leftovers != nullptr) {
    REGTOOL_TRY_ASSIGN(inventory.leftovers, leftovers->list(ctx));
  }
  // Before the names: what is published from now on is none of our business.
  REGTOOL_TRY_ASSIGN(inventory.blobs, toolkit.blobs.list(ctx));
  REGTOOL_TRY_ASSIGN(inventory.needs, needs_of_names(ctx, toolkit));
  return inventory;
}

Result<> prune(const Context& ctx, const Toolkit& toolkit, Leftovers* leftovers, const PrunePlan& plan,
               Pruned& pruned) {
  Result<> outcome;
  if (leftovers != nullptr) outcome = remove_leftovers(ctx, *leftovers, plan.leftovers, pruned.leftovers);
  std::vector<Digest> candidates;
  for (const auto& blob : plan.blobs) candidates.push_back(blob.digest);
  Removal removal;
  auto removed = remove_unreferenced(ctx, toolkit, candidates, removal);
  std::set<Digest> gone;
  for (const auto& blob : removal.removed) gone.insert(blob.digest);
  std::ranges::copy_if(plan.blobs, std::back_inserter(pruned.blobs),
                       [&](const BlobInfo& blob) { return gone.contains(blob.digest); });
  REGTOOL_TRY(removed);
  return outcome;
}

}  // namespace regtool
