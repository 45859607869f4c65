#pragma once
// One file that holds many, such as a tar. Whoever calls decides what goes in and what may come out, and where the
// bytes are; a plugin knows the format alone. Compare go's archive/tar.

#include <regtool/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace regtool {

// Bytes to read once, in order: a file, a pipe. Used by one thread. What it fails with (Errc::cancelled among others)
// goes back through the archive to whoever gave it.
class ByteInput {
 public:
  virtual ~ByteInput() = default;

  // Reads at least one byte and at most out.size(); 0 is the end.
  virtual Result<std::size_t> read(std::span<std::byte> out) noexcept = 0;

  // Passes over up to `count` bytes without reading them; returns how many. 0 where that cannot be done.
  virtual Result<std::uint64_t> skip(std::uint64_t count) noexcept = 0;
};

// Where bytes go, in order. Used by one thread.
class ByteOutput {
 public:
  virtual ~ByteOutput() = default;

  // Writes all of it, or fails: Errc::no_space, Errc::io, Errc::cancelled.
  virtual Result<> write(std::span<const std::byte> data) noexcept = 0;
};

struct ArchiveEntry {
  enum class Kind : std::uint8_t { file, folder, other };

  std::string path;  // as it stands there: foreign, and not to be trusted
  Kind kind = Kind::file;
  std::string what;  // of another kind: "a symbolic link"
  std::uint64_t size = 0;

  // Where its bytes begin in the input, in which they lie as they are, one after the other. Nothing where the format
  // does not keep them so.
  std::optional<std::uint64_t> offset{};
};

// Goes through an archive from its beginning. Used by one thread. Trusts nothing: Errc::corrupt for what is cut short,
// contradicts itself or has headers beyond reason, in bounded memory.
class ArchiveReader {
 public:
  virtual ~ArchiveReader() = default;

  // The next entry, or nothing at the end. Passes over what was not read of the one before.
  virtual Result<std::optional<ArchiveEntry>> next() noexcept = 0;

  // The bytes of the entry that next() gave, in order: at least one; 0 is their end.
  virtual Result<std::size_t> read(std::span<std::byte> out) noexcept = 0;
};

// Makes an archive, the same bytes from the same calls. Used by one thread. If only destroyed, what was written is not
// a whole one.
class ArchiveWriter {
 public:
  virtual ~ArchiveWriter() = default;

  // Begins a file of that many bytes. Errc::internal when the one before has not had all of its bytes.
  virtual Result<> begin(std::string_view path, std::uint64_t size) noexcept = 0;

  // Further bytes of it.
  virtual Result<> write(std::span<const std::byte> data) noexcept = 0;

  // Ends the archive. Nothing may be called afterwards.
  virtual Result<> finish() noexcept = 0;
};

// A format. Thread-safe.
class Archive {
 public:
  virtual ~Archive() = default;

  // `in` outlives the reader. Errc::unsupported, with what to do, when it is not of this format; when it is another
  // one, or compressed, that may also show at the first next().
  virtual Result<std::unique_ptr<ArchiveReader>> reader(ByteInput& in) noexcept = 0;

  // `out` outlives the writer.
  virtual Result<std::unique_ptr<ArchiveWriter>> writer(ByteOutput& out) noexcept = 0;
};

}  // namespace regtool
