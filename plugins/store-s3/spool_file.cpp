#include "spool_file.hpp"

#include <algorithm>

namespace regtool {
namespace {

class SlotSource final : public Source {
 public:
  SlotSource(const SpoolFile& file, std::intptr_t handle, SpoolFile::Slot slot, Range range)
      : file_(file), handle_(handle), slot_(slot), range_(range) {}

  std::uint64_t size() const noexcept override { return range_.length; }
  std::optional<FileRegion> file() const noexcept override { return FileRegion{handle_, range_}; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override {
    if (offset >= range_.length) return 0;
    return file_.read_at(slot_, offset, out.first(std::min<std::uint64_t>(out.size(), range_.length - offset)));
  }

 private:
  const SpoolFile& file_;
  const std::intptr_t handle_;
  const SpoolFile::Slot slot_;
  const Range range_;
};

}  // namespace

Result<std::unique_ptr<SpoolFile>> SpoolFile::make(Spool& spool, const PartPlan& plan) {
  REGTOOL_TRY_ASSIGN(auto file, of_spool(local::create_nameless_file(spool.folder())));
  return std::unique_ptr<SpoolFile>(new SpoolFile(spool, std::move(file), plan));
}

SpoolFile::SpoolFile(Spool& spool, local::File file, const PartPlan& plan)
    : spool_(spool), file_(std::move(file)), slot_size_(plan.part_size()) {
  const std::lock_guard lock(spool_.mutex());
  window_ = spool_.window_for(plan.blob_size(), slot_size_);
  reserved_ = std::min(window_, plan.blob_size());
  spool_.reserve(reserved_);
  // One more, for a window that begins in the middle of a part ends in the middle of another.
  own_ = slots_ = std::min<std::uint64_t>(window_ / slot_size_ + 1, plan.count());
  for (Slot slot = 0; slot < own_; ++slot) free_.insert(slot);
}

SpoolFile::~SpoolFile() {
  const std::lock_guard lock(spool_.mutex());
  spool_.unreserve(reserved_);
  if (!borrowed_.empty()) spool_.give_back(borrowed_.size() * slot_size_);
}

std::optional<SpoolFile::Slot> SpoolFile::take(bool urgent) noexcept {
  if (!free_.empty() && *free_.begin() < own_) return free_.extract(free_.begin()).value();
  const bool lent = spool_.try_borrow(slot_size_);
  if (!lent && !urgent) return std::nullopt;
  const auto slot = free_.empty() ? slots_++ : free_.extract(free_.begin()).value();
  if (lent) borrowed_.insert(slot);
  return slot;
}

void SpoolFile::give_back(Slot slot) noexcept {
  free_.insert(slot);
  if (slot >= own_) {
    // What is lent to another must not take up room here as well. Where a hole cannot be made, the file stays as large
    // as it ever was.
    local::trim(file_, {slot * slot_size_, slot_size_});
  }
  if (borrowed_.erase(slot) > 0) spool_.give_back(slot_size_);
}

Result<> SpoolFile::write_at(Slot slot, std::uint64_t offset, std::span<const std::byte> data) const {
  return of_spool(local::write_at(file_, spool_.folder(), slot * slot_size_ + offset, data));
}

Result<std::size_t> SpoolFile::read_at(Slot slot, std::uint64_t offset, std::span<std::byte> out) const {
  return of_spool(local::read_at(file_, spool_.folder(), slot * slot_size_ + offset, out));
}

std::unique_ptr<Source> SpoolFile::source(Slot slot, std::uint64_t length) const {
  return std::make_unique<SlotSource>(*this, file_.handle(), slot, Range{slot * slot_size_, length});
}

}  // namespace regtool
