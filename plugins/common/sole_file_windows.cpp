// By a share mode: who opens the file to read or write it is refused meanwhile.

#include "sole_file.hpp"
#include "windows_path.hpp"

#include <system_error>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

namespace regtool::local {

Result<SoleFile> SoleFile::open(const Path& path) {
  // Others may rename it: that is what we do ourselves, by its path.
  File file(reinterpret_cast<std::intptr_t>(::CreateFileW(native(path).c_str(), GENERIC_READ | GENERIC_WRITE,
                                                          FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                                          FILE_ATTRIBUTE_NORMAL, nullptr)));
  if (file) return SoleFile(std::move(file));
  const auto number = ::GetLastError();
  if (number == ERROR_FILE_NOT_FOUND || number == ERROR_PATH_NOT_FOUND || number == ERROR_SHARING_VIOLATION) {
    return SoleFile();
  }
  return fail(Errc::io, "open " + path.string() + ": " + std::system_category().message(static_cast<int>(number)));
}

SoleFile::~SoleFile() = default;

bool SoleFile::held() const noexcept { return true; }

void SoleFile::end() noexcept {}

// How a file is shared cannot be changed while it is open.
Result<File> SoleFile::release(const Path& path) && {
  file_ = File();
  REGTOOL_TRY_ASSIGN(auto file, open_file(path, Access::read_write));
  if (!file || !lock(file)) return File();
  return file;
}

}  // namespace regtool::local
