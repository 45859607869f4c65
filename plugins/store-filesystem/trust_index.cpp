#include "trust_index.hpp"

#include <regtool/encoding.hpp>

#include "checked_line.hpp"

#include <fcntl.h>
#include <optional>
#include <string>
#include <unistd.h>

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

FileIdentity identity_of(const struct stat& info) noexcept {
  constexpr std::int64_t second = 1'000'000'000;
  return {info.st_ino, static_cast<std::uint64_t>(info.st_size), info.st_mtim.tv_sec * second + info.st_mtim.tv_nsec};
}

bool TrustIndex::knows(const Digest& digest, const FileIdentity& identity) noexcept {
  const std::lock_guard lock(mutex_);
  refresh();
  const auto found = known_.find(digest);
  return found != known_.end() && found->second == identity;
}

void TrustIndex::record(const std::vector<Record>& verified) noexcept {
  const std::lock_guard lock(mutex_);
  if (verified.empty() || !posix::make_folders(file_.parent_path())) return;
  // A line that a crash cut short must not swallow ours.
  std::string lines = "\n";
  for (const auto& [digest, identity] : verified) lines += line_of(digest, identity);
  const posix::Fd file(::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!file) return;
  [[maybe_unused]] const auto written = ::write(file.get(), lines.data(), lines.size());
  refresh();
  if (lines_ > 2 * known_.size() + spare_lines) compact();
}

// Reads what was added since, by whichever process.
void TrustIndex::refresh() {
  struct stat info {};
  const bool there = ::stat(file_.c_str(), &info) == 0;
  if (there && info.st_ino == read_inode_ && static_cast<std::uint64_t>(info.st_size) == read_) return;
  const auto file = posix::open_file(file_, posix::Access::read);
  const auto now = file && *file ? posix::status(*file, file_) : fail(Errc::not_found, "no index");
  if (!now || now->st_ino != read_inode_ || static_cast<std::uint64_t>(now->st_size) < read_) forget_all();
  if (!now || static_cast<std::uint64_t>(now->st_size) > max_index) return;
  read_inode_ = now->st_ino;
  std::string added(static_cast<std::uint64_t>(now->st_size) - read_, '\0');
  const auto count = posix::read_at(*file, file_, read_, std::as_writable_bytes(std::span(added)));
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
  posix::remove_old_temporaries(folder, name);
  if (posix::replace_file(posix::temporary_in(folder, name), file_, lines)) lines_ = known_.size();
}

}  // namespace regtool
