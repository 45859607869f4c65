#pragma once
// A file that the engine itself reads or writes: a bundle. One source file a platform.

#include <regtool/result.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>

namespace regtool {

// Closed with its owner. Reads are thread-safe.
class DiskFile {
 public:
  enum class Mode : std::uint8_t {
    read,   // Errc::not_found when it is not there
    write,  // and read; made when it is not there, kept as it is when it is. Errc::unavailable while another process
            // has it so
  };

  // Errc::invalid_argument when there is something that is no regular file.
  static Result<DiskFile> open(const std::filesystem::path& path, Mode mode);

  DiskFile(DiskFile&& other) noexcept : path_(std::move(other.path_)), handle_(std::exchange(other.handle_, none)) {}
  DiskFile& operator=(DiskFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~DiskFile();

  const std::filesystem::path& path() const noexcept { return path_; }
  Result<std::uint64_t> size() const;

  // At least one byte unless `offset` is at or past the end.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const;

  // All of it, or Errc::no_space, Errc::io.
  Result<> write_at(std::uint64_t offset, std::span<const std::byte> data);
  Result<> resize(std::uint64_t size);

  // Makes bytes and size durable.
  Result<> sync();

  // A file descriptor, or a HANDLE on Windows.
  std::intptr_t handle() const noexcept { return handle_; }

 private:
  static constexpr std::intptr_t none = -1;
  DiskFile(std::filesystem::path path, std::intptr_t handle) : path_(std::move(path)), handle_(handle) {}

  std::filesystem::path path_;
  std::intptr_t handle_ = none;
};

}  // namespace regtool
