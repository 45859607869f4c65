#include "exclusive_lease.hpp"

#include <csignal>
#include <fcntl.h>

namespace regtool::posix {

ExclusiveLease::ExclusiveLease(const Fd& file) noexcept : fd_(file.get()) {
  // Who wants to open the file makes the kernel send us a signal; SIGIO would end the process, SIGURG does nothing.
  if (::fcntl(fd_, F_SETSIG, SIGURG) == 0) ::fcntl(fd_, F_SETLEASE, F_WRLCK);
}

ExclusiveLease::~ExclusiveLease() { ::fcntl(fd_, F_SETLEASE, F_UNLCK); }

bool ExclusiveLease::held() const noexcept { return ::fcntl(fd_, F_GETLEASE) == F_WRLCK; }

}  // namespace regtool::posix
