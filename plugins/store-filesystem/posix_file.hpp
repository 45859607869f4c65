#pragma once
// Files and folders as POSIX has them, with Errors instead of errno.

#include <regtool/range.hpp>
#include <regtool/result.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace regtool::posix {

using Path = std::filesystem::path;

// An open file, closed with its owner. False when there is none.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) noexcept : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// The one place where errno becomes an Errc: "<doing> <path>: <why>".
Error os_error(int number, std::string_view doing, const Path& path);

// Opens for reading, or for reading and writing. Nothing when there is no such file; Errc::invalid_argument when it is
// no regular file.
enum class Access { read, read_write };
Result<Fd> open_file(const Path& path, Access access);

// Creates a file that was not there, for reading and writing, with the modes that the umask leaves of 0644.
// Nothing when there is one.
Result<Fd> create_file(const Path& path);

Result<> write_at(const Fd& file, const Path& path, std::uint64_t offset, std::span<const std::byte> data);
Result<std::size_t> read_at(const Fd& file, const Path& path, std::uint64_t offset, std::span<std::byte> out);

// All bytes of a small file; Errc::corrupt if there are more than `limit`.
Result<std::string> read_all(const Fd& file, const Path& path, std::size_t limit);

// Copies a range from the same place of another file, sharing the blocks where the file system can.
Result<> copy_range(const Fd& from, const Fd& to, const Path& path, Range range);

Result<struct stat> status(const Fd& file, const Path& path);
Result<> resize(const Fd& file, const Path& path, std::uint64_t size);

// Durable: the data with its size, or the timestamps as well; the entries of a folder.
Result<> sync_data(const Fd& file, const Path& path);
Result<> sync_all(const Fd& file, const Path& path);
Result<> sync_folder(const Path& folder);

// Writes a new file `temporary`, durably, and then puts it in the place of `target`. True if that was done; false when
// the folder of `target` is not there.
Result<bool> replace_file(const Path& temporary, const Path& target, std::string_view bytes);

// Makes the folder and what is missing above it, durably, with the modes that the umask leaves of 0755.
Result<> make_folders(const Path& folder);

// The names in a folder, in byte order; none when there is no such folder.
Result<std::vector<std::string>> entries(const Path& folder);

std::chrono::system_clock::time_point modified(const struct stat& info) noexcept;

// The path leads to this very file.
bool leads_to(const Path& path, const struct stat& file) noexcept;

// A name for a temporary file in `folder`: "<name>.<16 random hex digits>".
Path temporary_in(const Path& folder, std::string_view name);

// Removes the temporary files of that name which a crash has left. Should one be somebody's still, he writes another.
void remove_old_temporaries(const Path& folder, std::string_view name) noexcept;

}  // namespace regtool::posix
