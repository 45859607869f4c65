#pragma once
// Bytes to read. Compare Arrow's RandomAccessFile and leveldb's RandomAccessFile.

#include <regtool/range.hpp>
#include <regtool/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace regtool {

// A region of an open file: what sendfile(2) and TransmitFile want. Valid while the Source that gave it lives.
struct FileRegion {
  std::intptr_t handle;  // a file descriptor, or a HANDLE on Windows
  Range range;
};

// Immutable bytes of known size. Reads are positional, so that every source can be restarted and split.
// All methods are thread-safe.
class Source {
 public:
  virtual ~Source() = default;

  // Bytes in all; never changes.
  virtual std::uint64_t size() const noexcept = 0;

  // Reads at least one byte unless `offset` is at or past the end, and at most out.size(); returns how many.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept = 0;

  // The same bytes as a region of a file, where the backend has them as one.
  virtual std::optional<FileRegion> file() const noexcept { return std::nullopt; }
};

// A source that holds its bytes.
std::unique_ptr<Source> memory_source(std::string bytes);

}  // namespace regtool
