#include "staging_area.hpp"

#include "ollama_partial.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <linux/magic.h>
#include <set>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace regtool {
namespace {

constexpr int max_slots = 8;                  // stagers of one blob at once
constexpr int resumed_slots = 3;              // those that a stager looks into: further ones are hardly ever abandoned
constexpr std::size_t max_journal = 4 << 20;  // bytes

posix::Path slot_path(const posix::Path& folder, const Digest& digest, int number) {
  return folder / (std::string(digest.hex()) + "." + std::to_string(number));
}

// False when a living stager has it. A file system that knows no locks has none to respect: there every stager's file
// is its own because it created it.
bool lock(const posix::Fd& file) noexcept {
  return ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

// Creates the first slot that is not there. Its owner is whoever created it, whether locks work or not.
Result<StagedSlot> create_slot(const posix::Path& folder, const Digest& digest) {
  for (int number = 0; number < max_slots; ++number) {
    StagedSlot slot{slot_path(folder, digest, number), {}};
    REGTOOL_TRY_ASSIGN(slot.file, posix::create_file(slot.path));
    if (!slot.file || !lock(slot.file)) continue;
    // Before our lock somebody who cleans up may have taken it for an abandoned one.
    REGTOOL_TRY_ASSIGN(const auto info, posix::status(slot.file, slot.path));
    if (!posix::leads_to(slot.path, info)) continue;
    ::unlink(slot.journal().c_str());
    return slot;
  }
  return fail(Errc::unavailable, "too many processes are fetching " + digest.text() + " at once");
}

// A slot that nobody works on; nothing where there is none.
Result<std::optional<StagedSlot>> lock_slot(const posix::Path& path) {
  StagedSlot slot{path, {}};
  REGTOOL_TRY_ASSIGN(slot.file, posix::open_file(path, posix::Access::read_write));
  if (!slot.file || !lock(slot.file)) return std::nullopt;
  // Between our open and our lock its owner may have published it: then it is no slot any more, and not ours to touch.
  REGTOOL_TRY_ASSIGN(const auto info, posix::status(slot.file, path));
  if (!posix::leads_to(path, info)) return std::nullopt;
  return slot;
}

// What the journal says, as far as the file has it.
Result<RangeSet> journalled(const StagedSlot& slot, const Descriptor& what) {
  REGTOOL_TRY_ASSIGN(const auto info, posix::status(slot.file, slot.path));
  REGTOOL_TRY_ASSIGN(const auto journal, posix::open_file(slot.journal(), posix::Access::read));
  if (!journal) return RangeSet();
  const auto text = posix::read_all(journal, slot.journal(), max_journal);
  if (!text) return RangeSet();
  auto durable = parse_journal(*text, {info.st_ino, what.size});
  const auto length = static_cast<std::uint64_t>(info.st_size);
  if (length < what.size) durable.remove({length, what.size - length});
  return durable;
}

// Fails early, and says how much is missing, where a write would fail hours later.
Result<> make_room(const StagedSlot& slot, std::uint64_t size) {
  REGTOOL_TRY(posix::resize(slot.file, slot.path, size));
  REGTOOL_TRY_ASSIGN(const auto info, posix::status(slot.file, slot.path));
  struct statvfs disk {};
  if (::fstatvfs(slot.file.get(), &disk) < 0 || disk.f_blocks == 0) return {};
  const auto free = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  const auto there = static_cast<std::uint64_t>(info.st_blocks) * 512;
  const auto missing = size > there ? size - there : 0;
  if (missing <= free) return {};
  return fail(Errc::no_space, "the disk of " + slot.path.parent_path().string() + " has " +
                                  std::to_string(free / 1'000'000) + " MB free, and " +
                                  std::to_string(missing / 1'000'000 + 1) + " MB are needed");
}

void remove_journals(const StagedSlot& slot) noexcept {
  ::unlink(slot.journal().c_str());
  ::unlink(slot.new_journal().c_str());
}

void remove_slot(const StagedSlot& slot) noexcept {
  remove_journals(slot);
  ::unlink(slot.path.c_str());
}

}  // namespace

Locks locks_of(const posix::Fd& file) noexcept {
  constexpr std::array<std::uint32_t, 11> local{
      EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC,       BTRFS_SUPER_MAGIC, TMPFS_MAGIC,       F2FS_SUPER_MAGIC,
      RAMFS_MAGIC,      OVERLAYFS_SUPER_MAGIC, MSDOS_SUPER_MAGIC, EXFAT_SUPER_MAGIC,
      0x2fc12fc1,  // ZFS
      0xca451a4e,  // bcachefs
  };
  struct statfs info {};
  if (::fstatfs(file.get(), &info) < 0) return Locks::unreliable;
  const auto type = static_cast<std::uint32_t>(info.f_type);
  return std::find(local.begin(), local.end(), type) != local.end() ? Locks::reliable : Locks::unreliable;
}

Result<std::unique_ptr<StagedFile>> StagingArea::take(const void* owner, const Descriptor& what) const {
  REGTOOL_TRY_ASSIGN(const auto place, folders_.workplace(folders_.blobs()));
  const auto folder = place / "staging";
  REGTOOL_TRY(posix::make_folders(folder));
  REGTOOL_TRY_ASSIGN(auto slot, find_slot(folder, what));
  if (!slot) {
    REGTOOL_TRY_ASSIGN(slot, create_slot(folder, what.digest));
    REGTOOL_TRY(adopt_ollama_partial(folders_.blob(what.digest), what, *slot));
  }
  REGTOOL_TRY_ASSIGN(const auto info, posix::status(slot->file, slot->path));
  slot->contested = assumed_.value_or(locks_of(slot->file)) == Locks::unreliable;
  // From here on the object removes the slot again should anything fail.
  auto staged = std::make_unique<StagedFile>(owner, what, std::move(*slot), info.st_ino);
  REGTOOL_TRY(make_room(staged->slot(), what.size));
  return staged;
}

Result<std::optional<StagedSlot>> StagingArea::find_slot(const posix::Path& folder, const Descriptor& what) const {
  for (int number = 0; number < resumed_slots; ++number) {
    REGTOOL_TRY_ASSIGN(auto abandoned, lock_slot(slot_path(folder, what.digest, number)));
    if (!abandoned) continue;
    REGTOOL_TRY_ASSIGN(abandoned->facts.resumed, journalled(*abandoned, what));
    if (assumed_.value_or(locks_of(abandoned->file)) == Locks::reliable) return abandoned;
    REGTOOL_TRY_ASSIGN(auto mine, copy(folder, what, std::move(*abandoned)));
    return mine;
  }
  return std::nullopt;
}

// Its owner may be alive on another machine, and write to it still: only a copy is ours alone.
Result<StagedSlot> StagingArea::copy(const posix::Path& folder, const Descriptor& what, StagedSlot abandoned) const {
  REGTOOL_TRY_ASSIGN(auto mine, create_slot(folder, what.digest));
  for (const auto& range : abandoned.facts.resumed.ranges()) {
    // What cannot be copied, for want of room perhaps, is fetched again.
    if (!posix::copy_range(abandoned.file, mine.file, mine.path, range)) break;
    mine.facts.resumed.add(range);
  }
  remove_slot(abandoned);
  return mine;
}

void StagingArea::clean_up(std::span<const Digest> published) const noexcept {
  for (const auto& digest : published) remove_ollama_partial(folders_.blob(digest));
  const auto place = folders_.workplace(folders_.blobs());
  if (!place) return;
  const auto folder = *place / "staging";
  const auto names = posix::entries(folder);
  if (!names) return;
  std::set<std::string_view> done;
  for (const auto& digest : published) done.insert(digest.hex());
  for (const std::string_view name : *names) {
    const auto journal = name.find(".journal");
    const StagedSlot slot{folder / name.substr(0, journal), {}};
    if (done.contains(name.substr(0, name.find('.')))) {
      if (auto left = lock_slot(slot.path); left && *left) remove_slot(**left);
    }
    // A crash may leave a journal without its file. Should somebody begin that file just now, his journal is lost at
    // worst.
    if (journal != name.npos && ::access(slot.path.c_str(), F_OK) < 0) remove_journals(slot);
  }
}

}  // namespace regtool
