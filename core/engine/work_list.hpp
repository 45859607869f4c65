#pragma once
// Who fetches which bytes of one blob: a decision without I/O, tested by table.

#include <regtool/range.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

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

  // What is being fetched, and how much of it could still be given to somebody else.
  struct Running {
    PartId id;
    std::uint64_t open;      // bytes
    std::uint64_t arriving;  // of these, the first ones: they may be there any moment
  };
  std::vector<Running> running() const;

  // Takes the last `count` bytes of a part, which has that many open: its fetcher then stops sooner.
  Part split(PartId id, std::uint64_t count);

  // Lets the part run on through the bytes behind it that nobody has or fetches: for a server that sends everything
  // anyway.
  void extend(PartId id);

  // What its fetcher is still to write of the part: less than before after a split, empty when it is done.
  Range left(PartId id) const;

  // Its fetcher is about to read up to `count` bytes.
  void expect(PartId id, std::uint64_t count) { running_.at(id).expected = count; }

  // How many of the next `count` bytes, which have arrived, are still its fetcher's to write: they stay so.
  std::uint64_t claim(PartId id, std::uint64_t count);

  // `count` more bytes of the part, claimed before, are written.
  void wrote(PartId id, std::uint64_t count);

  // Its fetcher is done with it, or gave up: what is left may be taken again.
  void release(PartId id);

  const RangeSet& done() const noexcept { return done_; }
  std::uint64_t size() const noexcept { return size_; }
  bool complete() const noexcept { return done_.count() == size_; }
  bool idle() const noexcept { return running_.empty(); }

 private:
  struct Fetch {
    Range left;
    std::uint64_t expected = 0;  // of its first bytes: being read
    std::uint64_t claimed = 0;   // of its first bytes: being written
  };

  const std::uint64_t size_;
  RangeSet done_;
  RangeSet taken_;  // done or running
  std::map<PartId, Fetch> running_;
  PartId next_id_ = 1;
};

}  // namespace regtool
