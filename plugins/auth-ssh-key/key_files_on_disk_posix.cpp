#include "key_files_on_disk.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace regtool {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t size_limit = 64 * 1024;

class File {
 public:
  explicit File(int handle) : handle_(handle) {}
  ~File() {
    if (handle_ >= 0) ::close(handle_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int handle() const { return handle_; }

 private:
  int handle_;
};

std::string reason() { return std::generic_category().message(errno); }

bool read_all(int handle, Secret& out) {
  std::size_t count = 0;
  while (count < out.view().size()) {
    const auto got = ::read(handle, out.data() + count, out.view().size() - count);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) break;
    count += static_cast<std::size_t>(got);
  }
  out.shrink(count);
  return true;
}

bool write_all(int handle, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto put = ::write(handle, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return ::fsync(handle) == 0;
}

// Leaves nothing behind when it fails.
Result<> write_new_file(const fs::path& path, std::string_view bytes, mode_t mode) {
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (file.handle() < 0 && errno == EEXIST) {
    return fail(Errc::already_exists, path.string() + " is there already, and is not replaced");
  }
  if (file.handle() < 0) return fail(Errc::io, "cannot write " + path.string() + ": " + reason());
  if (write_all(file.handle(), bytes)) return {};
  auto error = fail(errno == ENOSPC ? Errc::no_space : Errc::io, "cannot write " + path.string() + ": " + reason());
  ::unlink(path.c_str());
  return error;
}

Result<> make_private_folder(const fs::path& folder) {
  if (folder.empty() || ::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  if (errno == ENOENT && folder.has_parent_path() && folder.parent_path() != folder) {
    REGTOOL_TRY(make_private_folder(folder.parent_path()));
    if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  }
  return fail(Errc::io, "cannot make the folder " + folder.string() + ": " + reason());
}

}  // namespace

Result<std::optional<StoredKey>> read_key_file(const fs::path& path) {
  const auto refuse = [&](const std::string& why) {
    return fail(Errc::unauthenticated, "cannot read the key " + path.string() + ": " + why);
  };
  // Without O_NONBLOCK a named pipe in this place would hold us up for ever.
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.handle() < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (file.handle() < 0) return refuse(reason());
  struct stat facts {};
  if (::fstat(file.handle(), &facts) != 0) return refuse(reason());
  if (!S_ISREG(facts.st_mode)) return refuse("it is not a file");
  if (facts.st_size == 0) return refuse("it is empty");
  if (static_cast<std::size_t>(facts.st_size) > size_limit) return refuse("it is too large for a key");
  StoredKey key{Secret(static_cast<std::size_t>(facts.st_size)), (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0};
  if (!read_all(file.handle(), key.text)) return refuse(reason());
  return key;
}

fs::path public_file_of(const fs::path& key) { return fs::path(key) += ".pub"; }

Result<> write_new_key(const fs::path& path, std::string_view private_text, std::string_view public_line) {
  REGTOOL_TRY(make_private_folder(path.parent_path()));
  REGTOOL_TRY(write_new_file(path, private_text, 0600));
  auto written = write_new_file(public_file_of(path), std::string(public_line) + "\n", 0644);
  if (!written) ::unlink(path.c_str());
  return written;
}

}  // namespace regtool
