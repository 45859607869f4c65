#pragma once
// Which blobs were verified, and how their files looked then: a file that looks otherwise is not relied upon.

#include <regtool/digest.hpp>

#include "local_file.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace regtool {

// What changes when anybody writes to a file or puts another in its place.
struct FileIdentity {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  // nanoseconds since the epoch

  bool operator==(const FileIdentity&) const = default;
};

FileIdentity identity_of(const local::FileInfo& info) noexcept;

// One text file, appended to with single writes, so that processes may share it; what gets lost or mixed up costs a
// hash, never a wrong answer. Thread-safe.
class TrustIndex {
 public:
  using Record = std::pair<Digest, FileIdentity>;

  explicit TrustIndex(local::Path file) : file_(std::move(file)) {}

  bool knows(const Digest& digest, const FileIdentity& identity) noexcept;

  // Best effort: a read-only store stays usable.
  void record(const std::vector<Record>& verified) noexcept;

 private:
  using Records = std::map<Digest, FileIdentity>;

  void refresh();
  void forget_all() noexcept;
  void compact();

  const local::Path file_;
  std::mutex mutex_;
  Records known_;
  std::size_t lines_ = 0;         // in the file, so far as it was read
  std::uint64_t read_ = 0;        // bytes of the file that known_ reflects
  std::uint64_t read_inode_ = 0;  // of the file that they are of
};

// One line of the file, without its checksum; nothing for any other text.
std::optional<TrustIndex::Record> parse_trust_record(std::string_view text);

}  // namespace regtool
