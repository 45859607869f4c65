#include "trust_index.hpp"

#include <regtool/encoding.hpp>

#include "checked_line.hpp"

#include <optional>
#include <string>

namespace regtool {
namespace {

constexpr std::string_view version = "1";
constexpr std::size_t max_index = 256 << 20;  // bytes: two million blobs
constexpr std::size_t spare_lines = 1024;     // outdated ones that are not worth a compaction

std::string line_of(const Digest& digest, const FileIdentity& identity) {
  return checked_line(std::string(version) + ' ' + digest.text() + ' ' + std::to_string(identity.inode) + ' ' +
                      std::to_string(identity.size) + ' ' + std::to_string(identity.modified));
}

}  // namespace

std::optional<TrustIndex::Record> parse_trust_record(std::string_view text) {
  if (take_word(text) != version) return std::nullopt;
  auto digest = Digest::parse(take_word(text));
  const auto inode = number_of(take_word(text));
  const auto size = number_of(take_word(text));
  const auto modified = number_of(take_word(text));
  if (!digest || !inode || !size || !modified || !text.empty()) return std::nullopt;
  return TrustIndex::Record(*digest, {*inode, *size, static_cast<std::int64_t>(*modified)});
}

FileIdentity identity_of(const local::FileInfo& info) noexcept { return {info.number, info.size, info.modified}; }

bool TrustIndex::knows(const Digest& digest, const FileIdentity& identity) noexcept {
  const std::lock_guard lock(mutex_);
  refresh();
  const auto found = known_.find(digest);
  return found != known_.end() && found->second == identity;
}

void TrustIndex::record(const std::vector<Record>& verified) noexcept {
  const std::lock_guard lock(mutex_);
  if (verified.empty() || !local::make_folders(file_.parent_path())) return;
  // A line that a crash cut short must not swallow ours.
  std::string lines = "\n";
  for (const auto& [digest, identity] : verified) lines += line_of(digest, identity);
  local::append(file_, lines);
  refresh();
  if (lines_ > 2 * known_.size() + spare_lines) compact();
}

// Reads what was added since, by whichever process.
void TrustIndex::refresh() {
  const auto seen = local::look_at(file_).value_or(std::nullopt);
  if (seen && seen->number == read_inode_ && seen->size == read_) return;
  const auto file = local::open_file(file_, local::Access::read);
  const auto now = file && *file ? local::info_of(*file, file_) : fail(Errc::not_found, "no index");
  if (!now || now->number != read_inode_ || now->size < read_) forget_all();
  if (!now || now->size > max_index) return;
  read_inode_ = now->number;
  std::string added(now->size - read_, '\0');
  const auto count = local::read_at(*file, file_, read_, std::as_writable_bytes(std::span(added)));
  if (!count) return;
  // The last line may still be on its way.
  added.resize(std::string_view(added).substr(0, *count).rfind('\n') + 1);
  for_each_checked(added, [&](std::string_view text) {
    if (auto record = parse_trust_record(text)) known_.insert_or_assign(std::move(record->first), record->second);
    ++lines_;
  });
  read_ += added.size();
}

void TrustIndex::forget_all() noexcept {
  known_.clear();
  lines_ = 0;
  read_ = 0;
  read_inode_ = 0;
}

// A record that another process appends meanwhile may get lost: its blob will be hashed once more.
void TrustIndex::compact() {
  std::string lines;
  for (const auto& [digest, identity] : known_) lines += line_of(digest, identity);
  const auto folder = file_.parent_path();
  const auto name = file_.filename().string();
  local::remove_old_temporaries(folder, name);
  if (local::replace_file(local::temporary_in(folder, name), file_, lines)) lines_ = known_.size();
}

}  // namespace regtool
