#include "key_files_on_disk.hpp"

#include <fstream>
#include <string>
#include <system_error>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

namespace regtool {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t size_limit = 64 * 1024;

std::string reason() { return std::system_category().message(static_cast<int>(::GetLastError())); }

// Leaves nothing behind when it fails.
Result<> write_new_file(const fs::path& path, std::string_view bytes) {
  const HANDLE file =
      ::CreateFileW(path.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (file == INVALID_HANDLE_VALUE && ::GetLastError() == ERROR_FILE_EXISTS) {
    return fail(Errc::already_exists, path.string() + " is there already, and is not replaced");
  }
  if (file == INVALID_HANDLE_VALUE) return fail(Errc::io, "cannot write " + path.string() + ": " + reason());
  DWORD written = 0;
  const bool good = ::WriteFile(file, bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr) != 0 &&
                    written == bytes.size() && ::FlushFileBuffers(file) != 0;
  const auto number = ::GetLastError();
  ::CloseHandle(file);
  if (good) return {};
  ::DeleteFileW(path.c_str());
  return fail(number == ERROR_DISK_FULL ? Errc::no_space : Errc::io,
              "cannot write " + path.string() + ": " + std::system_category().message(static_cast<int>(number)));
}

}  // namespace

Result<std::optional<StoredKey>> read_key_file(const fs::path& path) {
  const auto refuse = [&](const std::string& why) {
    return fail(Errc::unauthenticated, "cannot read the key " + path.string() + ": " + why);
  };
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return std::nullopt;
  if (error) return refuse(error.message());
  if (!fs::is_regular_file(status)) return refuse("it is not a file");
  const auto size = fs::file_size(path, error);
  if (error) return refuse(error.message());
  if (size == 0) return refuse("it is empty");
  if (size > size_limit) return refuse("it is too large for a key");
  // Who may read it is what the folder hands down: a profile's is its user's alone.
  StoredKey key{Secret(static_cast<std::size_t>(size)), false};
  std::ifstream file(path, std::ios::binary);
  file.read(key.text.data(), static_cast<std::streamsize>(size));
  if (file.bad() || file.gcount() == 0) return refuse("it cannot be opened");
  key.text.shrink(static_cast<std::size_t>(file.gcount()));
  return key;
}

fs::path public_file_of(const fs::path& key) { return fs::path(key) += ".pub"; }

Result<> write_new_key(const fs::path& path, std::string_view private_text, std::string_view public_line) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) {
    return fail(Errc::io, "cannot make the folder " + path.parent_path().string() + ": " + error.message());
  }
  REGTOOL_TRY(write_new_file(path, private_text));
  auto written = write_new_file(public_file_of(path), std::string(public_line) + "\n");
  if (!written) ::DeleteFileW(path.c_str());
  return written;
}

}  // namespace regtool
