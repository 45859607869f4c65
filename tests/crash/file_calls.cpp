// libc's calls that change files, as the watched program finds them: each is noted in the history, and carried out.

#include "file_history.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace regtool {
namespace {

using Name = char[4096];

// Where an open file is, or was before it was removed.
void path_of(int file, Name& path) noexcept {
  char link[64];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const auto length = ::readlink(link, path, sizeof path - 1);
  path[std::max<ssize_t>(length, 0)] = '\0';
}

void copy(std::string_view from, char (&to)[176]) noexcept { to[from.copy(to, sizeof to - 1)] = '\0'; }

std::uint64_t inode_of(const char* path) noexcept {
  struct stat info {};
  return ::lstat(path, &info) == 0 ? info.st_ino : 0;
}

// One call, from before it is made until it is noted.
class Call {
 public:
  Call(FileOp op, const char* path, const char* target = "") noexcept { begin(op, path, target); }

  Call(FileOp op, int file) noexcept {
    if (watched_files() == nullptr) return;
    const int before = errno;
    Name path;
    path_of(file, path);
    begin(op, path, "");
    struct stat info {};
    if (history_ != nullptr && ::fstat(file, &info) == 0) {
      event.inode = info.st_ino;
      event.folder = S_ISDIR(info.st_mode);
    }
    errno = before;
  }

  ~Call() {
    if (history_ == nullptr) return;
    history_->mutex().unlock();
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  explicit operator bool() const noexcept { return history_ != nullptr; }
  bool struck() const noexcept { return struck_; }

  // True if the call is to fail, with errno set. Does not return if the process is to end.
  bool fails() const noexcept {
    if (struck_) errno = history_->strike();
    return struck_;
  }

  void done() noexcept {
    const int before = errno;
    if (history_ != nullptr) history_->add(event);
    errno = before;
  }

  void keep_in_attic(const char* path) noexcept {
    const int before = errno;
    event.inode = inode_of(path);
    if (!history_->attic().empty()) {
      ::link(path, (history_->attic() / std::to_string(event.inode)).c_str());
    }
    errno = before;
  }

  FileEvent event;

 private:
  void begin(FileOp op, const char* path, const char* target) noexcept {
    auto* const history = watched_files();
    if (history == nullptr) return;
    const auto relative = history->inside(path);
    if (relative.empty()) return;
    history->mutex().lock();
    history_ = history;
    struck_ = history->strikes(op);
    event.op = op;
    copy(relative, event.path);
    copy(history->inside(target), event.target);
  }

  FileHistory* history_ = nullptr;
  bool struck_ = false;
};

int change(FileOp op, const char* path, long number, long mode = 0) noexcept {
  Call call(op, path);
  if (call.fails()) return -1;
  if (call) call.event.inode = inode_of(path);
  const auto result = ::syscall(number, path, mode);
  if (result == 0) call.done();
  return static_cast<int>(result);
}

int sync(int file, long number) noexcept {
  Call call(FileOp::sync, file);
  if (!call) return static_cast<int>(::syscall(number, file));
  const bool failed = call.fails();
  if (failed) call.event.op = FileOp::sync_failed;
  call.done();
  return failed ? -1 : 0;
}

// What ends, or fails, in the middle of a write may have written a part of it.
ssize_t write(Call& call, int file, const void* data, std::size_t size, std::uint64_t offset,
              const std::optional<off_t>& at) noexcept {
  if (call.struck()) size /= 2;
  const auto count = at ? ::syscall(SYS_pwrite64, file, data, size, *at) : ::syscall(SYS_write, file, data, size);
  if (call && count > 0) {
    call.event.offset = offset;
    call.event.length = static_cast<std::uint64_t>(count);
    call.done();
  }
  return call.fails() ? -1 : count;
}

}  // namespace
}  // namespace regtool

using regtool::Call;
using regtool::FileOp;

extern "C" {

int open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    va_end(more);
  }
  if ((flags & O_CREAT) == 0) return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags));
  Call call(FileOp::create, path);
  if (call.fails()) return -1;
  const bool there = call && regtool::inode_of(path) != 0;
  const auto file = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
  if (call && file >= 0 && !there) {
    call.keep_in_attic(path);
    call.done();
  }
  return file;
}

ssize_t pwrite(int file, const void* data, std::size_t size, off_t offset) {
  Call call(FileOp::write, file);
  return regtool::write(call, file, data, size, static_cast<std::uint64_t>(offset), offset);
}

ssize_t write(int file, const void* data, std::size_t size) {
  Call call(FileOp::write, file);
  struct stat info {};
  if (call) ::fstat(file, &info);
  return regtool::write(call, file, data, size, static_cast<std::uint64_t>(info.st_size), std::nullopt);
}

int ftruncate(int file, off_t size) noexcept {
  Call call(FileOp::resize, file);
  if (call.fails()) return -1;
  const auto result = static_cast<int>(::syscall(SYS_ftruncate, file, size));
  call.event.length = static_cast<std::uint64_t>(size);
  if (result == 0) call.done();
  return result;
}

int rename(const char* from, const char* to) noexcept {
  Call call(FileOp::rename, from, to);
  if (call.fails()) return -1;
  const auto result = static_cast<int>(::syscall(SYS_rename, from, to));
  if (call && result == 0) {
    call.event.inode = regtool::inode_of(to);
    call.done();
  }
  return result;
}

int unlink(const char* path) noexcept { return regtool::change(FileOp::unlink, path, SYS_unlink); }
int mkdir(const char* path, mode_t mode) noexcept {
  return regtool::change(FileOp::make_folder, path, SYS_mkdir, mode);
}
int rmdir(const char* path) noexcept { return regtool::change(FileOp::remove_folder, path, SYS_rmdir); }

int futimens(int file, const timespec times[2]) noexcept {
  Call call(FileOp::times, file);
  if (call.fails()) return -1;
  return static_cast<int>(::syscall(SYS_utimensat, file, nullptr, times, 0));
}

int fsync(int file) { return regtool::sync(file, SYS_fsync); }
int fdatasync(int file) { return regtool::sync(file, SYS_fdatasync); }

}  // extern "C"
