#pragma once
// Blobs that no name leads to, and removing them safely.

#include "engine/toolkit.hpp"

#include <set>
#include <span>
#include <vector>

namespace regtool {

// A name whose manifest cannot be read: what it needs is anybody's guess.
struct UnreadableName {
  Reference name;
  Error why;
};

// What the manifests in a store refer to, and those that cannot be read, in the order of their names.
struct Needs {
  std::set<Digest> blobs;
  std::vector<UnreadableName> unreadable;
};
Result<Needs> needs_of_names(const Context& ctx, const Toolkit& toolkit);

struct Removal {
  std::vector<Descriptor> removed;
  std::vector<Digest> needed;  // that stay, because a manifest refers to them
};

// Removes those of `candidates` that no manifest in the store refers to, and tells so in `removal`, on failure too.
// Removes nothing if any manifest cannot be read. Safe alongside processes that link names meanwhile, without a lock,
// which a network file system might not keep: it looks at the names before and after, and puts back what has come to be
// needed in between. Who links a name looks for its blobs afterwards, as pull() does: so one of the two sees the other.
Result<> remove_unreferenced(const Context& ctx, const Toolkit& toolkit, std::span<const Digest> candidates,
                             Removal& removal);

}  // namespace regtool
