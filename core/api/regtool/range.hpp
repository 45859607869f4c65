#pragma once
// Byte ranges, half-open as everywhere in regtool. (HTTP's are inclusive: only the engine's http code converts.)

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace regtool {

// Bytes [first, first + length).
struct Range {
  std::uint64_t first = 0;
  std::uint64_t length = 0;

  std::uint64_t end() const noexcept { return first + length; }
  bool empty() const noexcept { return length == 0; }

  bool operator==(const Range&) const = default;
};

// A set of byte positions, kept as disjoint ranges that are joined where they touch. A value; not thread-safe.
class RangeSet {
 public:
  void add(Range range);
  void remove(Range range);

  // True if every byte of `range` is in the set.
  bool contains(Range range) const noexcept;

  // How many bytes from 0 on are in the set without a gap.
  std::uint64_t prefix() const noexcept;

  // How many bytes are in the set.
  std::uint64_t count() const noexcept { return count_; }

  bool empty() const noexcept { return ends_.empty(); }

  // The first range that is not in the set, at or after `from` and before `size`. Empty when there is none.
  Range first_gap(std::uint64_t from, std::uint64_t size) const noexcept;

  // In ascending order.
  std::vector<Range> ranges() const;

  bool operator==(const RangeSet&) const = default;

 private:
  std::map<std::uint64_t, std::uint64_t> ends_;  // first -> end
  std::uint64_t count_ = 0;
};

}  // namespace regtool
