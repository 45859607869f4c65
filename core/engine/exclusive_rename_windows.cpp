#include "engine/exclusive_rename.hpp"

#include <string>
#include <system_error>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

namespace regtool {

Result<bool> rename_exclusively(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::MoveFileExW(from.c_str(), to.c_str(), MOVEFILE_WRITE_THROUGH)) return true;
  const auto number = ::GetLastError();
  if (number == ERROR_ALREADY_EXISTS || number == ERROR_FILE_EXISTS) return false;
  const auto code = number == ERROR_FILE_NOT_FOUND  ? Errc::not_found
                    : number == ERROR_ACCESS_DENIED ? Errc::forbidden
                    : number == ERROR_DISK_FULL     ? Errc::no_space
                                                    : Errc::io;
  return fail(code, "rename " + from.string() + ": " + std::system_category().message(static_cast<int>(number)));
}

Result<> sync_names(const std::filesystem::path&) { return {}; }

}  // namespace regtool
