// By a lease (fcntl(2), "Leases").

#include "sole_file.hpp"

#include <csignal>
#include <fcntl.h>

namespace regtool::local {
namespace {

int fd_of(const File& file) noexcept { return static_cast<int>(file.handle()); }

}  // namespace

Result<SoleFile> SoleFile::open(const Path& path) {
  REGTOOL_TRY_ASSIGN(auto file, open_file(path, Access::read_write));
  if (!file) return SoleFile();
  SoleFile sole(std::move(file));
  // Who wants to open the file makes the kernel send us a signal; SIGIO would end the process, SIGURG does nothing.
  if (::fcntl(fd_of(sole.file_), F_SETSIG, SIGURG) == 0) ::fcntl(fd_of(sole.file_), F_SETLEASE, F_WRLCK);
  if (!sole.held()) return SoleFile();
  return sole;
}

SoleFile::~SoleFile() { end(); }

bool SoleFile::held() const noexcept { return ::fcntl(fd_of(file_), F_GETLEASE) == F_WRLCK; }

void SoleFile::end() noexcept {
  if (file_) ::fcntl(fd_of(file_), F_SETLEASE, F_UNLCK);
}

Result<File> SoleFile::release(const Path&) && {
  end();
  return std::move(file_);
}

}  // namespace regtool::local
