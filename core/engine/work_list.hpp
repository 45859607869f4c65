#pragma once
// Who fetches which bytes of one blob: a decision without I/O, tested by table.

#include <regtool/range.hpp>

#include <cstdint>
#include <map>
#include <optional>

namespace regtool {

// The missing bytes of a blob, and the parts of them that are being fetched. Not thread-safe.
class WorkList {
 public:
  using PartId = std::uint64_t;
  struct Part {
    PartId id;
    Range range;
  };

  WorkList(std::uint64_t size, RangeSet done) : size_(size), done_(std::move(done)), taken_(done_) {}

  // Takes the lowest bytes that nobody has or fetches: at most `part_size` of them, and none at or after `limit`.
  std::optional<Part> take(std::uint64_t part_size, std::uint64_t limit);

  // Takes the second half of the part with the most bytes to go, if it has at least twice `minimum`: its fetcher then
  // stops sooner.
  std::optional<Part> split(std::uint64_t minimum);

  // Lets the part run on through the bytes behind it that nobody has or fetches: for a server that sends everything
  // anyway.
  void extend(PartId id);

  // What its fetcher is still to write of the part: less than before after a split, empty when it is done.
  Range left(PartId id) const;

  // `count` more bytes of the part are written.
  void wrote(PartId id, std::uint64_t count);

  // Its fetcher is done with it, or gave up: what is left may be taken again.
  void release(PartId id);

  const RangeSet& done() const noexcept { return done_; }
  std::uint64_t size() const noexcept { return size_; }
  bool complete() const noexcept { return done_.count() == size_; }
  bool idle() const noexcept { return running_.empty(); }

 private:
  const std::uint64_t size_;
  RangeSet done_;
  RangeSet taken_;                   // done or running
  std::map<PartId, Range> running_;  // what is left of each
  PartId next_id_ = 1;
};

}  // namespace regtool
