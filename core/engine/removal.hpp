#pragma once
// Taking models out of a store.

#include "engine/amount.hpp"
#include "engine/manifest.hpp"
#include "engine/toolkit.hpp"

#include <map>
#include <set>
#include <vector>

namespace regtool {

struct RemovalReport {
  Amount removed;  // blobs that went with the name, because no other model needs them
  Amount shared;   // those that other models need, and that stay
};

// Removes the name, and, if `prune`, the blobs that only it needed.
Result<RemovalReport> remove_model(const Context& ctx, const Toolkit& toolkit, const Reference& name, bool prune);

// Tells what removing one model after the other would do, and changes nothing.
class RemovalRehearsal {
 public:
  static Result<RemovalRehearsal> begin(const Context& ctx, const Toolkit& toolkit);

  // As remove_model(), for a store from which those before are gone.
  Result<RemovalReport> remove(const Context& ctx, const Toolkit& toolkit, const Reference& name, bool prune);

 private:
  std::map<Digest, std::size_t> users_;  // how many names need each blob
  std::vector<Reference> left_;          // the names
  std::set<std::string> unreadable_;     // of the names, those whose manifest cannot be read
};

}  // namespace regtool
