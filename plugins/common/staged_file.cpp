#include "staged_file.hpp"

#include <regtool/encoding.hpp>

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
  return local::write_at(slot_.file, slot_.path, offset, data);
}

Result<std::size_t> StagedFile::read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept {
  if (offset >= what_.size) return 0;
  return local::read_at(slot_.file, slot_.path, offset, out);
}

Result<> StagedFile::sync_with(Sync* how) noexcept {
  if (sync_failed_) return fail(Errc::io, "sync " + slot_.path.string() + ": it failed before");
  auto synced = how(slot_.file, slot_.path);
  if (!synced) sync_failed_ = true;
  return synced;
}

Result<> StagedFile::checkpoint(const RangeSet& done, const std::optional<HashState>&) noexcept {
  REGTOOL_TRY(sync_with(local::sync_data));
  const auto line = journal_line({inode_, what_.size}, done);
  if (!journal_ || journal_size_ > max_journal) return begin_journal(line);
  REGTOOL_TRY(local::write_at(journal_, slot_.journal(), journal_size_, as_bytes(line)));
  REGTOOL_TRY(local::sync_data(journal_, slot_.journal()));
  journal_size_ += line.size();
  return {};
}

// What an earlier journal said stays in force until the new one is there.
Result<> StagedFile::begin_journal(std::string_view line) {
  const auto path = slot_.journal();
  const auto fresh = slot_.new_journal();
  local::remove_quietly(fresh);
  REGTOOL_TRY_ASSIGN(const bool placed, local::replace_file(fresh, path, line));
  if (!placed) return fail(Errc::io, "write " + path.string() + ": its folder is gone");
  REGTOOL_TRY(local::sync_folder(path.parent_path()));
  worth_keeping_ = true;
  REGTOOL_TRY_ASSIGN(journal_, local::open_file(path, local::Access::read_write));
  if (!journal_) return fail(Errc::io, "open " + path.string() + ": somebody removed it");
  journal_size_ = line.size();
  return {};
}

void StagedFile::discard() noexcept {
  // The journal first: it must never outlive what it speaks of.
  const auto info = local::info_of(slot_.file, slot_.path);
  if (info && local::leads_to(slot_.path, *info)) {
    local::remove_quietly(slot_.journal());
    // Where somebody who looks at it keeps it from being removed, it at least gives its room back.
    if (!local::remove_file(slot_.path)) local::trim(slot_.file, {0, what_.size});
  }
  slot_.file = local::File();
  journal_ = local::File();
}

Result<bool> StagedFile::publish(const local::Path& target) {
  REGTOOL_TRY_ASSIGN(const auto info, local::info_of(slot_.file, slot_.path));
  if (!local::leads_to(slot_.path, info)) return false;
  if (slot_.contested) {
    REGTOOL_TRY_ASSIGN(const bool ours, claim(info));
    if (!ours) return false;
  }
  REGTOOL_TRY_ASSIGN(const bool moved, local::rename_file(slot_.path, target));
  if (!moved) return false;
  local::remove_quietly(slot_.journal());
  worth_keeping_ = true;
  return true;
}

// What is at a name that nobody else knows stays ours, however little locks mean.
Result<bool> StagedFile::claim(const local::FileInfo& info) {
  const auto claimed = slot_.claimed();
  REGTOOL_TRY_ASSIGN(const bool moved, local::rename_file(slot_.path, claimed));
  if (!moved) return false;
  if (!local::leads_to(claimed, info)) {
    local::rename_file(claimed, slot_.path);
    return false;
  }
  local::remove_quietly(slot_.journal());
  slot_.path = claimed;
  return true;
}

}  // namespace regtool
