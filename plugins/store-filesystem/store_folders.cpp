#include "store_folders.hpp"

#include <cerrno>
#include <fcntl.h>

namespace regtool {
namespace {

// The mount as well: even on one disk a rename does not cross mounts.
Result<bool> same_mount(const posix::Path& a, const posix::Path& b) {
  struct statx of_a {};
  struct statx of_b {};
  if (::statx(AT_FDCWD, a.c_str(), 0, STATX_MNT_ID, &of_a) < 0) return fail(posix::os_error(errno, "look at", a));
  if (::statx(AT_FDCWD, b.c_str(), 0, STATX_MNT_ID, &of_b) < 0) return fail(posix::os_error(errno, "look at", b));
  return of_a.stx_dev_major == of_b.stx_dev_major && of_a.stx_dev_minor == of_b.stx_dev_minor &&
         of_a.stx_mnt_id == of_b.stx_mnt_id;
}

}  // namespace

Result<posix::Path> StoreFolders::workplace(const posix::Path& folder) const {
  REGTOOL_TRY(posix::make_folders(folder));
  REGTOOL_TRY_ASSIGN(const bool together, same_mount(root_, folder));
  auto place = own(together ? root_ : folder);
  REGTOOL_TRY(posix::make_folders(place));
  return place;
}

}  // namespace regtool
