#include "staged_file.hpp"

#include <regtool/encoding.hpp>

#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

namespace regtool {
namespace {

constexpr std::uint64_t max_journal = 1 << 20;  // bytes, before it is begun anew

}  // namespace

StagedFile::~StagedFile() {
  if (slot_.file && !worth_keeping_) discard();
}

Result<> StagedFile::write_at(std::uint64_t offset, std::span<const std::byte> data) noexcept {
  if (offset > what_.size || data.size() > what_.size - offset) {
    return fail(Errc::invalid_argument, "write " + slot_.path.string() + ": past the end of the blob");
  }
  return posix::write_at(slot_.file, slot_.path, offset, data);
}

Result<std::size_t> StagedFile::read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept {
  if (offset >= what_.size) return 0;
  return posix::read_at(slot_.file, slot_.path, offset, out);
}

Result<> StagedFile::sync_with(Sync* how) noexcept {
  if (sync_failed_) return fail(posix::os_error(EIO, "sync", slot_.path));
  auto synced = how(slot_.file, slot_.path);
  if (!synced) sync_failed_ = true;
  return synced;
}

Result<> StagedFile::checkpoint(const RangeSet& done, const std::optional<HashState>&) noexcept {
  REGTOOL_TRY(sync_with(posix::sync_data));
  const auto line = journal_line({inode_, what_.size}, done);
  if (!journal_ || journal_size_ > max_journal) return begin_journal(line);
  REGTOOL_TRY(posix::write_at(journal_, slot_.journal(), journal_size_, as_bytes(line)));
  REGTOOL_TRY(posix::sync_data(journal_, slot_.journal()));
  journal_size_ += line.size();
  return {};
}

// What an earlier journal said stays in force until the new one is there.
Result<> StagedFile::begin_journal(std::string_view line) {
  const auto path = slot_.journal();
  const auto fresh = slot_.new_journal();
  ::unlink(fresh.c_str());
  REGTOOL_TRY_ASSIGN(const bool placed, posix::replace_file(fresh, path, line));
  if (!placed) return fail(posix::os_error(ENOENT, "write", path));
  REGTOOL_TRY(posix::sync_folder(path.parent_path()));
  worth_keeping_ = true;
  REGTOOL_TRY_ASSIGN(journal_, posix::open_file(path, posix::Access::read_write));
  if (!journal_) return fail(posix::os_error(ENOENT, "open", path));
  journal_size_ = line.size();
  return {};
}

void StagedFile::discard() noexcept {
  // The journal first: it must never outlive what it speaks of.
  struct stat info {};
  if (::fstat(slot_.file.get(), &info) == 0 && posix::leads_to(slot_.path, info)) {
    ::unlink(slot_.journal().c_str());
    ::unlink(slot_.path.c_str());
  }
  slot_.file = posix::Fd();
  journal_ = posix::Fd();
}

void StagedFile::start_write_back() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const timespec times[] = {now, now};
  ::futimens(slot_.file.get(), times);
  ::sync_file_range(slot_.file.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
}

Result<bool> StagedFile::publish(const posix::Path& target) {
  REGTOOL_TRY_ASSIGN(const auto info, posix::status(slot_.file, slot_.path));
  if (!posix::leads_to(slot_.path, info)) return false;
  if (slot_.contested) {
    REGTOOL_TRY_ASSIGN(const bool ours, claim(info));
    if (!ours) return false;
  }
  if (::rename(slot_.path.c_str(), target.c_str()) < 0) {
    if (errno == ENOENT) return false;
    return fail(posix::os_error(errno, "publish", target));
  }
  ::unlink(slot_.journal().c_str());
  worth_keeping_ = true;
  return true;
}

// What is at a name that nobody else knows stays ours, however little locks mean.
Result<bool> StagedFile::claim(const struct stat& info) {
  const auto claimed = slot_.claimed();
  if (::rename(slot_.path.c_str(), claimed.c_str()) < 0) {
    if (errno == ENOENT) return false;
    return fail(posix::os_error(errno, "publish", slot_.path));
  }
  if (!posix::leads_to(claimed, info)) {
    ::rename(claimed.c_str(), slot_.path.c_str());
    return false;
  }
  ::unlink(slot_.journal().c_str());
  slot_.path = claimed;
  return true;
}

}  // namespace regtool
