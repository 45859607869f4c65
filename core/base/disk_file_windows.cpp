#include "base/disk_file.hpp"

#include <algorithm>
#include <string>
#include <system_error>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

namespace regtool {
namespace {

constexpr std::size_t largest_transfer = 1 << 30;

Errc code_of(DWORD number) noexcept {
  switch (number) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
      return Errc::not_found;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
      return Errc::no_space;
    case ERROR_ACCESS_DENIED:
    case ERROR_WRITE_PROTECT:
      return Errc::forbidden;
    case ERROR_SHARING_VIOLATION:
      return Errc::unavailable;
    default:
      return Errc::io;
  }
}

tl::unexpected<Error> failed(const std::string& doing, const std::filesystem::path& path) {
  const auto number = ::GetLastError();
  return fail(code_of(number),
              doing + " " + path.string() + ": " + std::system_category().message(static_cast<int>(number)));
}

HANDLE handle_of(std::intptr_t handle) noexcept { return reinterpret_cast<HANDLE>(handle); }

OVERLAPPED at(std::uint64_t offset) noexcept {
  OVERLAPPED place{};
  place.Offset = static_cast<DWORD>(offset);
  place.OffsetHigh = static_cast<DWORD>(offset >> 32);
  return place;
}

DWORD length_of(std::size_t size) noexcept { return static_cast<DWORD>(std::min<std::size_t>(size, largest_transfer)); }

}  // namespace

Result<DiskFile> DiskFile::open(const std::filesystem::path& path, Mode mode) {
  const bool write = mode == Mode::write;
  const auto handle =
      ::CreateFileW(path.c_str(), GENERIC_READ | (write ? GENERIC_WRITE : 0), FILE_SHARE_READ | FILE_SHARE_DELETE,
                    nullptr, write ? OPEN_ALWAYS : OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return failed("open", path);
  DiskFile file(path, reinterpret_cast<std::intptr_t>(handle));
  if (::GetFileType(handle) != FILE_TYPE_DISK) {
    return fail(Errc::invalid_argument, "open " + path.string() + ": not a regular file");
  }
  return file;
}

DiskFile::~DiskFile() {
  if (handle_ != none) ::CloseHandle(handle_of(handle_));
}

Result<std::uint64_t> DiskFile::size() const {
  LARGE_INTEGER size{};
  if (!::GetFileSizeEx(handle_of(handle_), &size)) return failed("look at", path_);
  return static_cast<std::uint64_t>(size.QuadPart);
}

Result<std::size_t> DiskFile::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  auto place = at(offset);
  DWORD count = 0;
  if (::ReadFile(handle_of(handle_), out.data(), length_of(out.size()), &count, &place)) return count;
  if (::GetLastError() == ERROR_HANDLE_EOF) return 0;
  return failed("read", path_);
}

Result<> DiskFile::write_at(std::uint64_t offset, std::span<const std::byte> data) {
  while (!data.empty()) {
    auto place = at(offset);
    DWORD count = 0;
    if (!::WriteFile(handle_of(handle_), data.data(), length_of(data.size()), &count, &place)) {
      return failed("write", path_);
    }
    data = data.subspan(count);
    offset += count;
  }
  return {};
}

Result<> DiskFile::resize(std::uint64_t size) {
  FILE_END_OF_FILE_INFO end{};
  end.EndOfFile.QuadPart = static_cast<LONGLONG>(size);
  if (!::SetFileInformationByHandle(handle_of(handle_), FileEndOfFileInfo, &end, sizeof end)) {
    return failed("cut", path_);
  }
  return {};
}

Result<> DiskFile::sync() {
  if (!::FlushFileBuffers(handle_of(handle_))) return failed("sync", path_);
  return {};
}

}  // namespace regtool
