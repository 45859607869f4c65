#pragma once
// Bringing an older layout of a store up to date. A plugin only plans; core applies the plan crash-safely, and shows it
// for a dry run.

#include <regtool/context.hpp>

#include <filesystem>
#include <vector>

namespace regtool {

// Both relative to the store's root, and inside it.
struct Rename {
  std::filesystem::path from, to;

  bool operator==(const Rename&) const = default;
};

class Migration {
 public:
  virtual ~Migration() = default;

  // What is to be renamed under `root`, in order; nothing when all is up to date. Changes nothing, and is run at every
  // start.
  virtual Result<std::vector<Rename>> plan(const Context& ctx, const std::filesystem::path& root) noexcept = 0;
};

}  // namespace regtool
