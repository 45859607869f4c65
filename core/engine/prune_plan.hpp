#pragma once
// What a prune takes away, and what it leaves: a pure decision.

#include <regtool/leftovers.hpp>
#include <regtool/store.hpp>

#include "engine/amount.hpp"
#include "engine/unreferenced.hpp"

#include <chrono>
#include <vector>

namespace regtool {

// What is in a store, as far as pruning is concerned.
struct Inventory {
  std::vector<BlobInfo> blobs;
  Needs needs;
  std::vector<Leftover> leftovers;
};

struct PrunePlan {
  std::vector<BlobInfo> blobs;  // that nothing refers to; none while any manifest cannot be read
  std::vector<Leftover> leftovers;
  Amount young_blobs, young_leftovers;  // that would go, too, if they were older
  std::vector<UnreadableName> unreadable;
};

// Takes what is at least as old as that. What is younger may belong to a pull: it publishes each blob when it is whole
// and the name last, and goes on with what an earlier run left. Ollama's own client does the same, and does not look
// whether its blobs are still there. An age of 0 takes everything, however the clocks of two machines differ.
PrunePlan plan_prune(Inventory inventory, std::chrono::system_clock::time_point now, std::chrono::milliseconds age);

}  // namespace regtool
