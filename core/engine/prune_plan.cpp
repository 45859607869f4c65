#include "engine/prune_plan.hpp"

namespace regtool {

PrunePlan plan_prune(Inventory inventory, std::chrono::system_clock::time_point now, std::chrono::milliseconds age) {
  const auto old_enough = [&](std::chrono::system_clock::time_point modified) {
    return age.count() == 0 || now - modified >= age;
  };
  PrunePlan plan;
  for (auto& leftover : inventory.leftovers) {
    if (old_enough(leftover.modified)) {
      plan.leftovers.push_back(std::move(leftover));
    } else {
      plan.young_leftovers.add(leftover.bytes);
    }
  }
  plan.unreadable = std::move(inventory.needs.unreadable);
  if (!plan.unreadable.empty()) return plan;
  for (auto& blob : inventory.blobs) {
    if (inventory.needs.blobs.contains(blob.digest)) continue;
    if (old_enough(blob.modified)) {
      plan.blobs.push_back(std::move(blob));
    } else {
      plan.young_blobs.add(blob.size);
    }
  }
  return plan;
}

}  // namespace regtool
