#include "local_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <limits>
#include <linux/falloc.h>
#include <linux/magic.h>
#include <memory>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <system_error>
#include <unistd.h>

namespace regtool::local {
namespace {

constexpr mode_t file_mode = 0644;
constexpr mode_t folder_mode = 0755;
constexpr std::uint64_t bytes_of_a_block = 512;

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
    case ETXTBSY:
      return Errc::forbidden;
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
      return Errc::invalid_argument;
    case EEXIST:
    case ENOTEMPTY:
      return Errc::already_exists;
    default:
      return Errc::io;
  }
}

// The one place where errno becomes an Errc: "<doing> <path>: <why>".
Error os_error(int number, std::string_view doing, const Path& path) {
  return {code_of(number), std::string(doing) + " " + path.string() + ": " + std::generic_category().message(number),
          std::nullopt};
}

// A call that a signal may interrupt.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

Result<> checked(int result, std::string_view doing, const Path& path) {
  if (result < 0) return fail(os_error(errno, doing, path));
  return {};
}

int fd_of(const File& file) noexcept { return static_cast<int>(file.handle()); }

FileInfo info_from(const struct stat& status) noexcept {
  constexpr std::int64_t second = 1'000'000'000;
  const auto kind = S_ISREG(status.st_mode) ? Kind::file : S_ISDIR(status.st_mode) ? Kind::folder : Kind::other;
  return {kind,
          status.st_dev,
          status.st_ino,
          static_cast<std::uint64_t>(status.st_size),
          static_cast<std::uint64_t>(status.st_blocks) * bytes_of_a_block,
          status.st_mtim.tv_sec * second + status.st_mtim.tv_nsec};
}

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

}  // namespace

File::~File() {
  if (*this) ::close(fd_of(*this));
}

Result<File> open_file(const Path& path, Access access) {
  const int mode = access == Access::read ? O_RDONLY : O_RDWR;
  // Without waiting, should somebody have put a pipe there.
  File file(uninterrupted([&] { return ::open(path.c_str(), mode | O_CLOEXEC | O_NONBLOCK); }));
  if (!file && errno == ENOENT) return File();
  if (!file) return fail(os_error(errno, "open", path));
  REGTOOL_TRY_ASSIGN(const auto info, info_of(file, path));
  if (info.kind != Kind::file) return fail(Errc::invalid_argument, "open " + path.string() + ": not a regular file");
  return file;
}

Result<File> create_file(const Path& path) {
  File file(uninterrupted([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, file_mode); }));
  if (!file && errno == EEXIST) return File();
  if (!file) return fail(os_error(errno, "create", path));
  return file;
}

Result<File> create_nameless_file(const Path& folder) {
  constexpr mode_t nobody_else = 0600;
  File file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, nobody_else));
  if (!file && (errno == EOPNOTSUPP || errno == EISDIR)) {  // this file system has no such files
    const auto path = temporary_in(folder, "regtool");
    file = File(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, nobody_else));
    if (file) ::unlink(path.c_str());
  }
  if (!file) return fail(os_error(errno, "create a file in", folder));
  return file;
}

Result<> write_at(const File& file, const Path& path, std::uint64_t offset, std::span<const std::byte> data) {
  while (!data.empty()) {
    const auto count =
        uninterrupted([&] { return ::pwrite(fd_of(file), data.data(), data.size(), static_cast<off_t>(offset)); });
    if (count < 0) return fail(os_error(errno, "write", path));
    if (count == 0) return fail(os_error(ENOSPC, "write", path));
    data = data.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<std::size_t> read_at(const File& file, const Path& path, std::uint64_t offset, std::span<std::byte> out) {
  const auto count =
      uninterrupted([&] { return ::pread(fd_of(file), out.data(), out.size(), static_cast<off_t>(offset)); });
  if (count < 0) return fail(os_error(errno, "read", path));
  return static_cast<std::size_t>(count);
}

Result<> copy_range(const File& from, const File& to, const Path& path, Range range) {
  auto source = static_cast<off_t>(range.first);
  auto target = source;
  for (auto left = range.length; left > 0;) {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(left, 1 << 30));
    const auto count =
        uninterrupted([&] { return ::copy_file_range(fd_of(from), &source, fd_of(to), &target, piece, 0); });
    if (count < 0) return fail(os_error(errno, "copy", path));
    if (count == 0) return fail(Errc::io, "copy " + path.string() + ": it is shorter than it was");
    left -= static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<FileInfo> info_of(const File& file, const Path& path) {
  struct stat status {};
  REGTOOL_TRY(checked(::fstat(fd_of(file), &status), "look at", path));
  return info_from(status);
}

Result<std::optional<FileInfo>> look_at(const Path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return info_from(status);
  if (errno == ENOENT) return std::nullopt;
  return fail(os_error(errno, "look at", path));
}

bool leads_to(const Path& path, const FileInfo& file) noexcept {
  struct stat there {};
  return ::lstat(path.c_str(), &there) == 0 && info_from(there).same_file(file);
}

Result<> resize(const File& file, const Path& path, std::uint64_t size) {
  if (size > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
    return fail(os_error(EFBIG, "make room for", path));
  }
  return checked(uninterrupted([&] { return ::ftruncate(fd_of(file), static_cast<off_t>(size)); }), "make room for",
                 path);
}

// Every file is sparse.
void make_sparse(const File&) noexcept {}

void trim(const File& file, Range range) noexcept {
  ::fallocate(fd_of(file), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(range.first),
              static_cast<off_t>(range.length));
}

std::optional<std::uint64_t> free_space(const File& file) noexcept {
  struct statvfs disk {};
  if (::fstatvfs(fd_of(file), &disk) < 0 || disk.f_blocks == 0) return std::nullopt;
  return static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
}

Result<> sync_data(const File& file, const Path& path) { return checked(::fdatasync(fd_of(file)), "sync", path); }

Result<> sync_all(const File& file, const Path& path) { return checked(::fsync(fd_of(file)), "sync", path); }

Result<> sync_folder(const Path& folder) {
  const File opened(uninterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!opened) return fail(os_error(errno, "open", folder));
  // Some network file systems refuse to sync a folder, and keep its entries durable themselves.
  if (::fsync(fd_of(opened)) < 0 && errno != EINVAL) return fail(os_error(errno, "sync", folder));
  return {};
}

void start_write_back(const File& file) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const timespec times[] = {now, now};
  ::futimens(fd_of(file), times);
  ::sync_file_range(fd_of(file), 0, 0, SYNC_FILE_RANGE_WRITE);
}

Result<bool> rename_file(const Path& from, const Path& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  return fail(os_error(errno, "write", to));
}

void let_be_replaced(File&) noexcept {}

Result<bool> remove_file(const Path& path) {
  if (::unlink(path.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  return fail(os_error(errno, "remove", path));
}

bool remove_empty_folder(const Path& folder) noexcept { return ::rmdir(folder.c_str()) == 0; }

bool lock(const File& file) noexcept { return ::flock(fd_of(file), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

Locks locks_of(const File& file) noexcept {
  constexpr std::array<std::uint32_t, 11> local{
      EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC,       BTRFS_SUPER_MAGIC, TMPFS_MAGIC,       F2FS_SUPER_MAGIC,
      RAMFS_MAGIC,      OVERLAYFS_SUPER_MAGIC, MSDOS_SUPER_MAGIC, EXFAT_SUPER_MAGIC,
      0x2fc12fc1,  // ZFS
      0xca451a4e,  // bcachefs
  };
  struct statfs info {};
  if (::fstatfs(fd_of(file), &info) < 0) return Locks::unreliable;
  const auto type = static_cast<std::uint32_t>(info.f_type);
  return std::find(local.begin(), local.end(), type) != local.end() ? Locks::reliable : Locks::unreliable;
}

void append(const Path& path, std::string_view bytes) noexcept {
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, file_mode));
  if (file) [[maybe_unused]]
    const auto written = ::write(fd_of(file), bytes.data(), bytes.size());
}

Result<> make_folders(const Path& folder) {
  const auto there = [&]() -> Result<> {
    struct stat status {};
    REGTOOL_TRY(checked(::stat(folder.c_str(), &status), "open", folder));
    return S_ISDIR(status.st_mode) ? Result<>() : fail(os_error(ENOTDIR, "open", folder));
  };
  // Nearly always it is there; and making what is there takes its parent's lock, which others wait for.
  auto found = there();
  if (found || found.error().code != Errc::not_found) return found;
  const auto parent = folder.parent_path();
  if (parent == folder || parent.empty()) return found;
  REGTOOL_TRY(make_folders(parent));
  if (::mkdir(folder.c_str(), folder_mode) == 0) return sync_folder(parent);
  // Others may have made it meanwhile.
  if (errno == EEXIST) return there();
  return fail(os_error(errno, "create the folder", folder));
}

Result<std::vector<std::string>> entries(const Path& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, CloseFolder> opened(::opendir(folder.c_str()));
  if (!opened && errno == ENOENT) return names;
  if (!opened) return fail(os_error(errno, "read the folder", folder));
  errno = 0;
  while (const auto* entry = ::readdir(opened.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return fail(os_error(errno, "read the folder", folder));
  std::sort(names.begin(), names.end());
  return names;
}

Result<bool> same_mount(const Path& a, const Path& b) {
  struct statx of_a {};
  struct statx of_b {};
  REGTOOL_TRY(checked(::statx(AT_FDCWD, a.c_str(), 0, STATX_MNT_ID, &of_a), "look at", a));
  REGTOOL_TRY(checked(::statx(AT_FDCWD, b.c_str(), 0, STATX_MNT_ID, &of_b), "look at", b));
  return of_a.stx_dev_major == of_b.stx_dev_major && of_a.stx_dev_minor == of_b.stx_dev_minor &&
         of_a.stx_mnt_id == of_b.stx_mnt_id;
}

std::string file_name_of(std::string_view part) { return std::string(part); }
std::string part_of(std::string_view file_name) { return std::string(file_name); }

}  // namespace regtool::local
