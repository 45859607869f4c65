#pragma once
// Removing what no name leads to, and what interrupted runs have left.

#include "engine/prune_plan.hpp"

namespace regtool {

// What is there now. `leftovers` may be null.
Result<Inventory> take_inventory(const Context& ctx, const Toolkit& toolkit, Leftovers* leftovers);

struct Pruned {
  std::vector<BlobInfo> blobs;  // in the order of the plan
  std::vector<Leftover> leftovers;
};

// Carries out a plan, except for what somebody has begun to need since it was made. `pruned` has what was removed, on
// failure too. A leftover that cannot be removed stops nothing else: its error is the result all the same.
Result<> prune(const Context& ctx, const Toolkit& toolkit, Leftovers* leftovers, const PrunePlan& plan, Pruned& pruned);

}  // namespace regtool
