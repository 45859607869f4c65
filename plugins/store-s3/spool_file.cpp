#include "spool_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <system_error>

namespace regtool {
namespace {

Error os_error(int number, std::string_view doing, const std::filesystem::path& folder) {
  const auto code = number == ENOSPC || number == EDQUOT ? Errc::no_space
                    : number == EACCES                   ? Errc::forbidden
                                                         : Errc::io;
  return {code, fmt::format("{} the spool in {}: {} (store.spool names the folder)", doing, folder.string(),
                            std::system_category().message(number))};
}

// A file that nobody else can reach, and that needs no removing.
int open_nameless(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return fd;
  auto name = (folder / "regtool-s3-XXXXXX").string();
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

class SlotSource final : public Source {
 public:
  SlotSource(const SpoolFile& file, int fd, SpoolFile::Slot slot, Range range)
      : file_(file), fd_(fd), slot_(slot), range_(range) {}

  std::uint64_t size() const noexcept override { return range_.length; }
  std::optional<FileRegion> file() const noexcept override { return FileRegion{fd_, range_}; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override {
    if (offset >= range_.length) return 0;
    return file_.read_at(slot_, offset, out.first(std::min<std::uint64_t>(out.size(), range_.length - offset)));
  }

 private:
  const SpoolFile& file_;
  const int fd_;
  const SpoolFile::Slot slot_;
  const Range range_;
};

}  // namespace

Result<std::unique_ptr<SpoolFile>> SpoolFile::make(Spool& spool, const PartPlan& plan) {
  UniqueFd file(open_nameless(spool.folder()));
  if (!file) return fail(os_error(errno, "make", spool.folder()));
  return std::unique_ptr<SpoolFile>(new SpoolFile(spool, std::move(file), plan));
}

SpoolFile::SpoolFile(Spool& spool, UniqueFd file, const PartPlan& plan)
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
    const auto first = static_cast<off_t>(slot * slot_size_);
    ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, first, static_cast<off_t>(slot_size_));
  }
  if (borrowed_.erase(slot) > 0) spool_.give_back(slot_size_);
}

Result<> SpoolFile::write_at(Slot slot, std::uint64_t offset, std::span<const std::byte> data) const {
  auto at = static_cast<off_t>(slot * slot_size_ + offset);
  while (!data.empty()) {
    const auto count = ::pwrite(file_.get(), data.data(), data.size(), at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(os_error(errno, "write to", spool_.folder()));
    data = data.subspan(static_cast<std::size_t>(count));
    at += count;
  }
  return {};
}

Result<std::size_t> SpoolFile::read_at(Slot slot, std::uint64_t offset, std::span<std::byte> out) const {
  const auto at = static_cast<off_t>(slot * slot_size_ + offset);
  while (true) {
    const auto count = ::pread(file_.get(), out.data(), out.size(), at);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return fail(os_error(errno, "read from", spool_.folder()));
  }
}

std::unique_ptr<Source> SpoolFile::source(Slot slot, std::uint64_t length) const {
  return std::make_unique<SlotSource>(*this, file_.get(), slot, Range{slot * slot_size_, length});
}

}  // namespace regtool
