#include "posix_file.hpp"

#include <regtool/encoding.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <limits>
#include <memory>
#include <sys/random.h>
#include <system_error>
#include <unistd.h>

namespace regtool::posix {
namespace {

constexpr mode_t file_mode = 0644;
constexpr mode_t folder_mode = 0755;
constexpr std::size_t random_digits = 16;
constexpr std::chrono::hours age_of_leftovers{1};

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

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Error os_error(int number, std::string_view doing, const Path& path) {
  return {code_of(number), std::string(doing) + " " + path.string() + ": " + std::generic_category().message(number)};
}

Result<Fd> open_file(const Path& path, Access access) {
  const int mode = access == Access::read ? O_RDONLY : O_RDWR;
  // Without waiting, should somebody have put a pipe there.
  Fd file(uninterrupted([&] { return ::open(path.c_str(), mode | O_CLOEXEC | O_NONBLOCK); }));
  if (!file && errno == ENOENT) return Fd();
  if (!file) return fail(os_error(errno, "open", path));
  REGTOOL_TRY_ASSIGN(const auto info, status(file, path));
  if (!S_ISREG(info.st_mode)) return fail(Errc::invalid_argument, "open " + path.string() + ": not a regular file");
  return file;
}

Result<Fd> create_file(const Path& path) {
  Fd file(uninterrupted([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, file_mode); }));
  if (!file && errno == EEXIST) return Fd();
  if (!file) return fail(os_error(errno, "create", path));
  return file;
}

Result<> write_at(const Fd& file, const Path& path, std::uint64_t offset, std::span<const std::byte> data) {
  while (!data.empty()) {
    const auto count =
        uninterrupted([&] { return ::pwrite(file.get(), data.data(), data.size(), static_cast<off_t>(offset)); });
    if (count < 0) return fail(os_error(errno, "write", path));
    if (count == 0) return fail(os_error(ENOSPC, "write", path));
    data = data.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<std::size_t> read_at(const Fd& file, const Path& path, std::uint64_t offset, std::span<std::byte> out) {
  const auto count =
      uninterrupted([&] { return ::pread(file.get(), out.data(), out.size(), static_cast<off_t>(offset)); });
  if (count < 0) return fail(os_error(errno, "read", path));
  return static_cast<std::size_t>(count);
}

Result<std::string> read_all(const Fd& file, const Path& path, std::size_t limit) {
  std::string text;
  std::array<std::byte, 16384> buffer;
  while (text.size() <= limit) {
    REGTOOL_TRY_ASSIGN(const auto count, read_at(file, path, text.size(), buffer));
    if (count == 0) return text;
    text.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
  return fail(Errc::corrupt, "read " + path.string() + ": more than " + std::to_string(limit) + " bytes");
}

Result<> copy_range(const Fd& from, const Fd& to, const Path& path, Range range) {
  auto source = static_cast<off_t>(range.first);
  auto target = source;
  for (auto left = range.length; left > 0;) {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(left, 1 << 30));
    const auto count =
        uninterrupted([&] { return ::copy_file_range(from.get(), &source, to.get(), &target, piece, 0); });
    if (count < 0) return fail(os_error(errno, "copy", path));
    if (count == 0) return fail(Errc::io, "copy " + path.string() + ": it is shorter than it was");
    left -= static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<struct stat> status(const Fd& file, const Path& path) {
  struct stat info {};
  REGTOOL_TRY(checked(::fstat(file.get(), &info), "look at", path));
  return info;
}

Result<> resize(const Fd& file, const Path& path, std::uint64_t size) {
  if (size > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
    return fail(os_error(EFBIG, "make room for", path));
  }
  return checked(uninterrupted([&] { return ::ftruncate(file.get(), static_cast<off_t>(size)); }), "make room for",
                 path);
}

Result<> sync_data(const Fd& file, const Path& path) { return checked(::fdatasync(file.get()), "sync", path); }

Result<> sync_all(const Fd& file, const Path& path) { return checked(::fsync(file.get()), "sync", path); }

Result<> sync_folder(const Path& folder) {
  const Fd opened(uninterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!opened) return fail(os_error(errno, "open", folder));
  // Some network file systems refuse to sync a folder, and keep its entries durable themselves.
  if (::fsync(opened.get()) < 0 && errno != EINVAL) return fail(os_error(errno, "sync", folder));
  return {};
}

Result<bool> replace_file(const Path& temporary, const Path& target, std::string_view bytes) {
  REGTOOL_TRY_ASSIGN(const auto file, create_file(temporary));
  if (!file) return fail(os_error(EEXIST, "create", temporary));
  auto written = write_at(file, temporary, 0, as_bytes(bytes));
  if (written) written = sync_all(file, temporary);
  if (written && ::rename(temporary.c_str(), target.c_str()) == 0) return true;
  const int number = errno;
  ::unlink(temporary.c_str());
  REGTOOL_TRY(written);
  if (number == ENOENT) return false;
  return fail(os_error(number, "write", target));
}

Result<> make_folders(const Path& folder) {
  const auto there = [&]() -> Result<> {
    struct stat info {};
    REGTOOL_TRY(checked(::stat(folder.c_str(), &info), "open", folder));
    return S_ISDIR(info.st_mode) ? Result<>() : fail(os_error(ENOTDIR, "open", folder));
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

std::chrono::system_clock::time_point modified(const struct stat& info) noexcept {
  const auto since_epoch = std::chrono::seconds(info.st_mtim.tv_sec) + std::chrono::nanoseconds(info.st_mtim.tv_nsec);
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(since_epoch));
}

bool leads_to(const Path& path, const struct stat& file) noexcept {
  struct stat there {};
  return ::lstat(path.c_str(), &there) == 0 && there.st_ino == file.st_ino && there.st_dev == file.st_dev;
}

Path temporary_in(const Path& folder, std::string_view name) {
  std::array<std::byte, random_digits / 2> bytes{};
  // For names only: should there be no randomness, O_EXCL still keeps files apart.
  [[maybe_unused]] const auto count = ::getrandom(bytes.data(), bytes.size(), 0);
  return folder / (std::string(name) + "." + to_hex(bytes));
}

void remove_old_temporaries(const Path& folder, std::string_view name) noexcept {
  const auto names = entries(folder);
  if (!names) return;
  for (const auto& entry : *names) {
    if (entry.size() != name.size() + 1 + random_digits || !entry.starts_with(name) || entry[name.size()] != '.')
      continue;
    const auto path = folder / entry;
    struct stat info {};
    if (::lstat(path.c_str(), &info) < 0 || std::chrono::system_clock::now() - modified(info) < age_of_leftovers)
      continue;
    ::unlink(path.c_str());
  }
}

}  // namespace regtool::posix
