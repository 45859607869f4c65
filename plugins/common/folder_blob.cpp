#include "folder_blob.hpp"

#include <algorithm>

namespace regtool {

Result<std::size_t> FolderBlob::read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept {
  if (offset >= what_.size || out.empty()) return 0;
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), what_.size - offset)));
  REGTOOL_TRY_ASSIGN(const auto count, local::read_at(file_, path_, offset, out));
  if (count == 0) return fail(Errc::corrupt, "read " + path_.string() + ": it has become shorter");
  return count;
}

bool FolderBlob::trusted() const noexcept { return untouched() && index_.knows(what_.digest, opened_); }

void FolderBlob::trust(const Verified& proof) noexcept {
  // Only if what was hashed is what is there now: nobody has written to it since it was opened; and what a power loss
  // would leave there: whoever wrote the file need not have synced it.
  if (proof.what() == what_ && local::sync_all(file_, path_) && untouched()) index_.record({{what_.digest, opened_}});
}

bool FolderBlob::untouched() const noexcept {
  const auto now = local::info_of(file_, path_);
  return now && identity_of(*now) == opened_;
}

}  // namespace regtool
