#include "local_file.hpp"
#include "windows_path.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <system_error>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <winioctl.h>

namespace regtool::local {
namespace {

constexpr DWORD everything_shared = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

// A scanner or an indexer that has a file open for a moment is no reason to fail.
constexpr int tries_while_in_use = 400;
constexpr DWORD pause_while_in_use = 5;  // milliseconds

Errc code_of(DWORD number) noexcept {
  switch (number) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
      return Errc::not_found;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
    case ERROR_FILE_TOO_LARGE:
      return Errc::no_space;
    case ERROR_ACCESS_DENIED:
    case ERROR_WRITE_PROTECT:
      return Errc::forbidden;
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_USER_MAPPED_FILE:
      return Errc::unavailable;
    case ERROR_DIRECTORY:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
    case ERROR_FILENAME_EXCED_RANGE:
      return Errc::invalid_argument;
    case ERROR_ALREADY_EXISTS:
    case ERROR_FILE_EXISTS:
    case ERROR_DIR_NOT_EMPTY:
      return Errc::already_exists;
    default:
      return Errc::io;
  }
}

// The one place where the system's error becomes an Errc: "<doing> <path>: <why>".
Error os_error(DWORD number, std::string_view doing, const Path& path) {
  auto why = std::system_category().message(static_cast<int>(number));
  if (code_of(number) == Errc::unavailable) why = "another program has it open";
  return {code_of(number), std::string(doing) + " " + path.string() + ": " + why, std::nullopt};
}

bool is_absent(DWORD number) noexcept { return code_of(number) == Errc::not_found; }

Result<> checked(BOOL good, std::string_view doing, const Path& path) {
  if (!good) return fail(os_error(::GetLastError(), doing, path));
  return {};
}

// Calls until it succeeds, or fails for another reason than that somebody else has the file open just now.
template <class Call>
bool persistently(Call call) {
  for (int i = 1; i < tries_while_in_use; ++i) {
    if (call()) return true;
    const auto number = ::GetLastError();
    // A file that is open without FILE_SHARE_DELETE is not replaced: that is an access that is denied.
    if (code_of(number) != Errc::unavailable && number != ERROR_ACCESS_DENIED) return false;
    ::Sleep(pause_while_in_use);
  }
  return call();
}

HANDLE handle_of(const File& file) noexcept { return reinterpret_cast<HANDLE>(file.handle()); }

File open(const Path& path, DWORD access, DWORD share, DWORD disposition, DWORD flags = FILE_ATTRIBUTE_NORMAL) {
  return File(reinterpret_cast<std::intptr_t>(
      ::CreateFileW(native(path).c_str(), access, share, nullptr, disposition, flags, nullptr)));
}

std::uint64_t joined(DWORD high, DWORD low) noexcept { return std::uint64_t{high} << 32 | low; }

// FILETIME counts 100 ns from 1601 on.
constexpr std::int64_t ticks_before_1970 = 116'444'736'000'000'000;
constexpr std::int64_t nanoseconds_a_tick = 100;

std::optional<FileInfo> info_by_handle(HANDLE handle) noexcept {
  BY_HANDLE_FILE_INFORMATION info{};
  FILE_STANDARD_INFO standard{};
  if (!::GetFileInformationByHandle(handle, &info)) return std::nullopt;
  const bool folder = (info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  const auto size = joined(info.nFileSizeHigh, info.nFileSizeLow);
  const bool known = ::GetFileInformationByHandleEx(handle, FileStandardInfo, &standard, sizeof standard) != 0;
  const auto ticks = joined(info.ftLastWriteTime.dwHighDateTime, info.ftLastWriteTime.dwLowDateTime);
  return FileInfo{folder ? Kind::folder : Kind::file,
                  info.dwVolumeSerialNumber,
                  joined(info.nFileIndexHigh, info.nFileIndexLow),
                  size,
                  known ? static_cast<std::uint64_t>(standard.AllocationSize.QuadPart) : size,
                  (static_cast<std::int64_t>(ticks) - ticks_before_1970) * nanoseconds_a_tick};
}

OVERLAPPED at(std::uint64_t offset) noexcept {
  OVERLAPPED position{};
  position.Offset = static_cast<DWORD>(offset);
  position.OffsetHigh = static_cast<DWORD>(offset >> 32);
  return position;
}

Result<std::wstring> volume_of(const Path& path) {
  std::array<wchar_t, MAX_PATH + 1> volume{};
  const auto good = ::GetVolumePathNameW(native(path).c_str(), volume.data(), static_cast<DWORD>(volume.size()));
  REGTOOL_TRY(checked(good, "look at", path));
  return std::wstring(volume.data());
}

struct CloseSearch {
  using pointer = HANDLE;
  void operator()(HANDLE search) const noexcept { ::FindClose(search); }
};

// Replaces also what others have open, if they let it be deleted. Windows 10 and NTFS can.
bool rename_as_posix(const Path& from, const std::wstring& to) {
  constexpr DWORD replace_if_exists = 1, posix_semantics = 2;
  constexpr auto rename_info_ex = static_cast<FILE_INFO_BY_HANDLE_CLASS>(22);
  const File file = open(from, DELETE | SYNCHRONIZE, everything_shared, OPEN_EXISTING);
  if (!file) return false;
  const auto bytes = to.size() * sizeof(wchar_t);
  std::vector<std::byte> memory(sizeof(FILE_RENAME_INFO) + bytes);
  auto& info = *reinterpret_cast<FILE_RENAME_INFO*>(memory.data());
  info.Flags = replace_if_exists | posix_semantics;
  info.FileNameLength = static_cast<DWORD>(bytes);
  std::copy(to.begin(), to.end(), info.FileName);
  return ::SetFileInformationByHandle(handle_of(file), rename_info_ex, &info, static_cast<DWORD>(memory.size())) != 0;
}

}  // namespace

std::wstring native(const Path& path) {
  std::error_code problem;
  auto text = std::filesystem::absolute(path, problem).lexically_normal().make_preferred().wstring();
  if (problem || text.starts_with(L"\\\\?\\")) return problem ? path.wstring() : text;
  if (text.starts_with(L"\\\\")) return L"\\\\?\\UNC" + text.substr(1);
  return L"\\\\?\\" + text;
}

File::~File() {
  if (*this) ::CloseHandle(handle_of(*this));
}

Result<File> open_file(const Path& path, Access access) {
  const DWORD rights = access == Access::read ? GENERIC_READ : GENERIC_READ | GENERIC_WRITE;
  File file = open(path, rights, everything_shared, OPEN_EXISTING);
  if (file) return file;
  const auto number = ::GetLastError();
  if (is_absent(number)) return File();
  const auto there = look_at(path);
  if (there && *there && (*there)->kind != Kind::file) {
    return fail(Errc::invalid_argument, "open " + path.string() + ": not a regular file");
  }
  return fail(os_error(number, "open", path));
}

Result<File> create_file(const Path& path) {
  File file = open(path, GENERIC_READ | GENERIC_WRITE, everything_shared, CREATE_NEW);
  if (file) return file;
  if (::GetLastError() == ERROR_FILE_EXISTS) return File();
  return fail(os_error(::GetLastError(), "create", path));
}

Result<File> create_nameless_file(const Path& folder) {
  File file = open(temporary_in(folder, "regtool"), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_DELETE, CREATE_NEW,
                   FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE);
  if (!file) return fail(os_error(::GetLastError(), "create a file in", folder));
  make_sparse(file);
  return file;
}

Result<> write_at(const File& file, const Path& path, std::uint64_t offset, std::span<const std::byte> data) {
  while (!data.empty()) {
    auto position = at(offset);
    const auto piece = static_cast<DWORD>(std::min<std::size_t>(data.size(), 1 << 30));
    DWORD count = 0;
    REGTOOL_TRY(checked(::WriteFile(handle_of(file), data.data(), piece, &count, &position), "write", path));
    data = data.subspan(count);
    offset += count;
  }
  return {};
}

Result<std::size_t> read_at(const File& file, const Path& path, std::uint64_t offset, std::span<std::byte> out) {
  auto position = at(offset);
  const auto piece = static_cast<DWORD>(std::min<std::size_t>(out.size(), 1 << 30));
  DWORD count = 0;
  if (::ReadFile(handle_of(file), out.data(), piece, &count, &position)) return count;
  if (::GetLastError() == ERROR_HANDLE_EOF) return 0;
  return fail(os_error(::GetLastError(), "read", path));
}

Result<> copy_range(const File& from, const File& to, const Path& path, Range range) {
  constexpr std::size_t buffer_size = 1 << 20;
  const auto buffer = std::make_unique_for_overwrite<std::byte[]>(buffer_size);
  while (!range.empty()) {
    const std::span wanted(buffer.get(), std::min<std::uint64_t>(buffer_size, range.length));
    REGTOOL_TRY_ASSIGN(const auto count, read_at(from, path, range.first, wanted));
    if (count == 0) return fail(Errc::io, "copy " + path.string() + ": it is shorter than it was");
    REGTOOL_TRY(write_at(to, path, range.first, wanted.first(count)));
    range = {range.first + count, range.length - count};
  }
  return {};
}

Result<FileInfo> info_of(const File& file, const Path& path) {
  if (const auto info = info_by_handle(handle_of(file))) return *info;
  return fail(os_error(::GetLastError(), "look at", path));
}

Result<std::optional<FileInfo>> look_at(const Path& path) {
  File file;
  persistently([&] {
    // The flag lets a folder be opened as well.
    file = open(path, FILE_READ_ATTRIBUTES, everything_shared, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
    return static_cast<bool>(file);
  });
  if (!file && is_absent(::GetLastError())) return std::nullopt;
  if (!file) return fail(os_error(::GetLastError(), "look at", path));
  return info_of(file, path);
}

bool leads_to(const Path& path, const FileInfo& file) noexcept {
  const File there = open(path, FILE_READ_ATTRIBUTES, everything_shared, OPEN_EXISTING,
                          FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT);
  const auto info = there ? info_by_handle(handle_of(there)) : std::nullopt;
  return info && info->same_file(file);
}

Result<> resize(const File& file, const Path& path, std::uint64_t size) {
  if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return fail(os_error(ERROR_FILE_TOO_LARGE, "make room for", path));
  }
  FILE_END_OF_FILE_INFO end{};
  end.EndOfFile.QuadPart = static_cast<std::int64_t>(size);
  return checked(::SetFileInformationByHandle(handle_of(file), FileEndOfFileInfo, &end, sizeof end), "make room for",
                 path);
}

// Without it, NTFS writes zeros up to where a write begins. A file system that knows no sparse files (exFAT) refuses,
// and everything goes on as before.
void make_sparse(const File& file) noexcept {
  DWORD ignored = 0;
  ::DeviceIoControl(handle_of(file), FSCTL_SET_SPARSE, nullptr, 0, nullptr, 0, &ignored, nullptr);
}

void trim(const File& file, Range range) noexcept {
  FILE_ZERO_DATA_INFORMATION zeros{};
  zeros.FileOffset.QuadPart = static_cast<std::int64_t>(range.first);
  zeros.BeyondFinalZero.QuadPart = static_cast<std::int64_t>(range.end());
  DWORD ignored = 0;
  ::DeviceIoControl(handle_of(file), FSCTL_SET_ZERO_DATA, &zeros, sizeof zeros, nullptr, 0, &ignored, nullptr);
}

std::optional<std::uint64_t> free_space(const File& file) noexcept {
  std::array<wchar_t, 32768> path{};
  const auto length = ::GetFinalPathNameByHandleW(handle_of(file), path.data(), static_cast<DWORD>(path.size()), 0);
  if (length == 0 || length >= path.size()) return std::nullopt;
  auto* const name = std::find(path.data(), path.data() + length, L'\0');
  auto* const slash = std::find(std::reverse_iterator(name), std::reverse_iterator(path.data()), L'\\').base();
  *slash = L'\0';  // its folder
  ULARGE_INTEGER free{};
  if (!::GetDiskFreeSpaceExW(path.data(), &free, nullptr, nullptr)) return std::nullopt;
  return free.QuadPart;
}

Result<> sync_data(const File& file, const Path& path) { return sync_all(file, path); }

Result<> sync_all(const File& file, const Path& path) {
  if (::FlushFileBuffers(handle_of(file))) return {};
  if (::GetLastError() != ERROR_ACCESS_DENIED) return fail(os_error(::GetLastError(), "sync", path));
  // It is open for reading alone, which is not enough here.
  REGTOOL_TRY_ASSIGN(const auto info, info_of(file, path));
  const File again = open(path, GENERIC_WRITE, everything_shared, OPEN_EXISTING);
  const bool same = again && info_by_handle(handle_of(again)).value_or(FileInfo()).same_file(info);
  return checked(same && ::FlushFileBuffers(handle_of(again)), "sync", path);
}

// NTFS keeps a journal of names.
Result<> sync_folder(const Path&) { return {}; }

void start_write_back(const File& file) noexcept {
  FILETIME now{};
  ::GetSystemTimePreciseAsFileTime(&now);
  ::SetFileTime(handle_of(file), nullptr, nullptr, &now);
}

Result<bool> rename_file(const Path& from, const Path& to) {
  const auto source = native(from);
  const auto target = native(to);
  const bool done = persistently([&] {
    return rename_as_posix(from, target) ||
           ::MoveFileExW(source.c_str(), target.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) != 0;
  });
  if (done) return true;
  if (is_absent(::GetLastError())) return false;
  return fail(os_error(::GetLastError(), "write", to));
}

// What is open is replaced by Windows 10 on NTFS alone.
void let_be_replaced(File& file) noexcept { file = File(); }

Result<bool> remove_file(const Path& path) {
  const auto name = native(path);
  if (persistently([&] { return ::DeleteFileW(name.c_str()) != 0; })) return true;
  if (is_absent(::GetLastError())) return false;
  return fail(os_error(::GetLastError(), "remove", path));
}

bool remove_empty_folder(const Path& folder) noexcept { return ::RemoveDirectoryW(native(folder).c_str()) != 0; }

// A byte far behind every file's end: locks bind on Windows, and the bytes themselves must stay readable.
bool lock(const File& file) noexcept {
  auto position = at(std::uint64_t{1} << 62);
  if (::LockFileEx(handle_of(file), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &position))
    return true;
  const auto number = ::GetLastError();
  return number != ERROR_LOCK_VIOLATION && number != ERROR_IO_PENDING;
}

Locks locks_of(const File& file) noexcept {
  FILE_REMOTE_PROTOCOL_INFO remote{};
  const bool is_remote =
      ::GetFileInformationByHandleEx(handle_of(file), FileRemoteProtocolInfo, &remote, sizeof remote) != 0;
  return is_remote ? Locks::unreliable : Locks::reliable;
}

void append(const Path& path, std::string_view bytes) noexcept {
  const File file = open(path, FILE_APPEND_DATA, everything_shared, OPEN_ALWAYS);
  DWORD ignored = 0;
  if (file) ::WriteFile(handle_of(file), bytes.data(), static_cast<DWORD>(bytes.size()), &ignored, nullptr);
}

Result<> make_folders(const Path& folder) {
  REGTOOL_TRY_ASSIGN(const auto there, look_at(folder));
  if (there && there->kind == Kind::folder) return {};
  if (there) return fail(os_error(ERROR_DIRECTORY, "open", folder));
  const auto parent = folder.parent_path();
  if (parent == folder || parent.empty()) return fail(os_error(ERROR_PATH_NOT_FOUND, "open", folder));
  REGTOOL_TRY(make_folders(parent));
  // Others may have made it meanwhile.
  if (::CreateDirectoryW(native(folder).c_str(), nullptr) || ::GetLastError() == ERROR_ALREADY_EXISTS) return {};
  return fail(os_error(::GetLastError(), "create the folder", folder));
}

Result<std::vector<std::string>> entries(const Path& folder) {
  std::vector<std::string> names;
  WIN32_FIND_DATAW entry{};
  const auto all = native(folder) + L"\\*";
  HANDLE found = INVALID_HANDLE_VALUE;
  // Who removes an empty folder has it for himself for a moment.
  persistently([&] {
    found = ::FindFirstFileExW(all.c_str(), FindExInfoBasic, &entry, FindExSearchNameMatch, nullptr,
                               FIND_FIRST_EX_LARGE_FETCH);
    return found != INVALID_HANDLE_VALUE;
  });
  if (found == INVALID_HANDLE_VALUE) {
    const auto number = ::GetLastError();
    const auto there = look_at(folder);
    if (is_absent(number) || (there && !*there)) return names;
    return fail(os_error(number, "read the folder", folder));
  }
  const std::unique_ptr<void, CloseSearch> search(found);
  do {
    auto name = Path(entry.cFileName).string();
    if (name != "." && name != "..") names.push_back(std::move(name));
  } while (::FindNextFileW(search.get(), &entry));
  if (::GetLastError() != ERROR_NO_MORE_FILES) return fail(os_error(::GetLastError(), "read the folder", folder));
  std::sort(names.begin(), names.end());
  return names;
}

Result<bool> same_mount(const Path& a, const Path& b) {
  REGTOOL_TRY_ASSIGN(const auto of_a, volume_of(a));
  REGTOOL_TRY_ASSIGN(const auto of_b, volume_of(b));
  return of_a == of_b;
}

// A host's port: no name of a file may have a colon here, and no part of a model's name a percent sign.
std::string file_name_of(std::string_view part) {
  std::string name(part);
  std::replace(name.begin(), name.end(), ':', '%');
  return name;
}

std::string part_of(std::string_view file_name) {
  std::string part(file_name);
  std::replace(part.begin(), part.end(), '%', ':');
  return part;
}

}  // namespace regtool::local
