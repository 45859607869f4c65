#include "base/disk_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace regtool {
namespace {

constexpr mode_t file_mode = 0644;

Errc code_of(int number) noexcept {
  switch (number) {
    case ENOENT:
      return Errc::not_found;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Errc::no_space;
    case EACCES:
    case EPERM:
    case EROFS:
      return Errc::forbidden;
    case EISDIR:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
      return Errc::invalid_argument;
    default:
      return Errc::io;
  }
}

tl::unexpected<Error> failed(const std::string& doing, const std::filesystem::path& path) {
  const int number = errno;
  return fail(code_of(number), doing + " " + path.string() + ": " + std::generic_category().message(number));
}

template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

int fd_of(std::intptr_t handle) noexcept { return static_cast<int>(handle); }

// Locked, and still what is found under its name: whoever wrote it before may have moved it just now.
bool is_ours(int fd, const std::filesystem::path& path) noexcept {
  if (::flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) return false;
  struct stat open {};
  struct stat named {};
  return ::fstat(fd, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_dev == named.st_dev &&
         open.st_ino == named.st_ino;
}

}  // namespace

Result<DiskFile> DiskFile::open(const std::filesystem::path& path, Mode mode) {
  const int flags = (mode == Mode::read ? O_RDONLY : O_RDWR | O_CREAT) | O_CLOEXEC | O_NONBLOCK;
  DiskFile file(path, uninterrupted([&] { return ::open(path.c_str(), flags, file_mode); }));
  if (file.handle_ < 0) return failed("open", path);
  struct stat status {};
  if (::fstat(fd_of(file.handle_), &status) < 0) return failed("look at", path);
  if (!S_ISREG(status.st_mode)) return fail(Errc::invalid_argument, "open " + path.string() + ": not a regular file");
  if (mode == Mode::write && !is_ours(fd_of(file.handle_), path)) {
    return fail(Errc::unavailable, "another process is writing " + path.string());
  }
  return file;
}

DiskFile::~DiskFile() {
  if (handle_ != none) ::close(fd_of(handle_));
}

Result<std::uint64_t> DiskFile::size() const {
  struct stat status {};
  if (::fstat(fd_of(handle_), &status) < 0) return failed("look at", path_);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::size_t> DiskFile::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  const auto count =
      uninterrupted([&] { return ::pread(fd_of(handle_), out.data(), out.size(), static_cast<off_t>(offset)); });
  if (count < 0) return failed("read", path_);
  return static_cast<std::size_t>(count);
}

Result<> DiskFile::write_at(std::uint64_t offset, std::span<const std::byte> data) {
  while (!data.empty()) {
    const auto count =
        uninterrupted([&] { return ::pwrite(fd_of(handle_), data.data(), data.size(), static_cast<off_t>(offset)); });
    if (count < 0) return failed("write", path_);
    data = data.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<> DiskFile::resize(std::uint64_t size) {
  if (uninterrupted([&] { return ::ftruncate(fd_of(handle_), static_cast<off_t>(size)); }) < 0) {
    return failed("cut", path_);
  }
  return {};
}

Result<> DiskFile::sync() {
  if (::fsync(fd_of(handle_)) < 0) return failed("sync", path_);
  return {};
}

}  // namespace regtool
