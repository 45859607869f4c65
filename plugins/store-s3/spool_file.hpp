#pragma once
// One blob's share of the spool: a file without a name, in slots that are used again and again.

#include <regtool/source.hpp>

#include "local_file.hpp"
#include "part_plan.hpp"
#include "spool.hpp"

#include <memory>
#include <optional>
#include <set>
#include <span>

namespace regtool {

class SpoolFile {
 public:
  // For a blob of parts, one in a slot. The file is gone with this object, and with the process. Errc::invalid_argument
  // when there is no such folder.
  static Result<std::unique_ptr<SpoolFile>> make(Spool& spool, const PartPlan& plan);
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  using Slot = std::size_t;

  // How many bytes can be written ahead of whoever reads them back, whatever other blobs do.
  std::uint64_t window() const noexcept { return window_; }

  // With the spool's mutex held. Nothing when the slots of its own are in use and the spool has no other to lend,
  // unless it is `urgent`.
  std::optional<Slot> take(bool urgent) noexcept;
  void give_back(Slot slot) noexcept;

  // Thread-safe. Errc::no_space, Errc::io.
  Result<> write_at(Slot slot, std::uint64_t offset, std::span<const std::byte> data) const;
  Result<std::size_t> read_at(Slot slot, std::uint64_t offset, std::span<std::byte> out) const;

  // The first `length` bytes of a slot, for as long as this object and the slot are there.
  std::unique_ptr<Source> source(Slot slot, std::uint64_t length) const;

 private:
  SpoolFile(Spool& spool, local::File file, const PartPlan& plan);

  Spool& spool_;
  const local::File file_;
  const std::uint64_t slot_size_;
  std::uint64_t window_ = 0;
  std::uint64_t reserved_ = 0;  // counted by the spool
  std::size_t own_ = 0;         // slots that no other blob can have
  std::size_t slots_ = 0;       // that the file has
  std::set<Slot> free_;
  std::set<Slot> borrowed_;  // counted by the spool too
};

}  // namespace regtool
