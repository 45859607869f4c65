#include "engine/exclusive_rename.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace regtool {
namespace {

tl::unexpected<Error> failed(const char* doing, const std::filesystem::path& path) {
  const int number = errno;
  const auto code = number == ENOENT                                         ? Errc::not_found
                    : number == EACCES || number == EPERM || number == EROFS ? Errc::forbidden
                    : number == ENOSPC || number == EDQUOT                   ? Errc::no_space
                                                                             : Errc::io;
  return fail(code, doing + (" " + path.string()) + ": " + std::generic_category().message(number));
}

}  // namespace

Result<bool> rename_exclusively(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  if (errno != EINVAL && errno != ENOSYS) return failed("rename", from);
  // A file system that cannot: should we crash in between, the file has both names, which the next run sees.
  if (::link(from.c_str(), to.c_str()) < 0) {
    if (errno == EEXIST) return false;
    return failed("rename", from);
  }
  if (::unlink(from.c_str()) < 0 && errno != ENOENT) return failed("rename", from);
  return true;
}

Result<> sync_names(const std::filesystem::path& folder) {
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return failed("open", folder);
  // Some network file systems refuse, and keep names durable themselves.
  const bool synced = ::fsync(opened) == 0 || errno == EINVAL;
  auto result = synced ? Result<>() : failed("sync", folder);
  ::close(opened);
  return result;
}

}  // namespace regtool
