#pragma once
// What a test sees of an archive.

#include "archive-tar/tar_archive.hpp"
#include "memory_streams.hpp"

#include <string>
#include <vector>

namespace regtool {

struct SeenEntry {
  ArchiveEntry entry;
  std::string bytes;
};

struct SeenArchive {
  std::vector<SeenEntry> entries;
  std::optional<Error> error;  // how it ended, if not well
};

// Every entry with its bytes, up to the end or the first error.
inline SeenArchive look_into(ByteInput& in) {
  SeenArchive seen;
  auto reader = make_tar_archive()->reader(in);
  if (!reader) return {{}, reader.error()};
  while (true) {
    auto entry = (*reader)->next();
    if (!entry) seen.error = entry.error();
    if (!entry || !*entry) return seen;
    seen.entries.push_back({**entry, {}});
    std::array<std::byte, 5000> piece;
    while (true) {
      const auto count = (*reader)->read(piece);
      if (!count) {
        seen.error = count.error();
        return seen;
      }
      if (*count == 0) break;
      seen.entries.back().bytes.append(reinterpret_cast<const char*>(piece.data()), *count);
    }
  }
}

inline SeenArchive look_into(const std::string& bytes) {
  MemoryInput in(bytes);
  return look_into(in);
}

}  // namespace regtool
