#pragma once
// What interrupted runs have left in a store, for `regtool prune`.

#include <regtool/context.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace regtool {

struct Leftover {
  std::string name;         // for remove(), and for a person: unique within the store
  std::uint64_t bytes = 0;  // that it takes up
  std::chrono::system_clock::time_point modified{};
};

// Unfinished blobs, journals and temporary files that nobody works on: a later run would resume the former, and has no
// use for the latter. Never another program's files. Thread-safe, and safe alongside other processes.
class Leftovers {
 public:
  virtual ~Leftovers() = default;

  // Every one of them, in the order of names. Where the storage does not tell whether somebody works on it, judge by
  // its age.
  virtual Result<std::vector<Leftover>> list(const Context& ctx) noexcept = 0;

  // False when it is gone, or somebody has begun to work on it.
  virtual Result<bool> remove(const Context& ctx, const Leftover& leftover) noexcept = 0;
};

}  // namespace regtool
