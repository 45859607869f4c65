#pragma once
// A Source that is a part of a real file, as a store's blobs are.

#include <regtool/source.hpp>

#include <atomic>
#include <filesystem>

namespace regtool {

class FileSource final : public Source {
 public:
  // Throws std::system_error where there is no such file.
  FileSource(const std::filesystem::path& path, Range part);
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::uint64_t size() const noexcept override { return part_.length; }
  // Errc::corrupt where the file has become shorter.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override;
  std::optional<FileRegion> file() const noexcept override { return FileRegion{file_, part_}; }

  // How often read_at() was called.
  unsigned reads() const noexcept { return reads_; }

 private:
  const int file_;
  const Range part_;
  mutable std::atomic<unsigned> reads_ = 0;
};

}  // namespace regtool
