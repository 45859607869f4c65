#include "upload_lock.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>

namespace regtool {
namespace {

// False when somebody else has it.
bool lock(const UniqueFd& file) noexcept { return ::flock(file.get(), LOCK_EX | LOCK_NB) == 0; }

// Its owner may have removed it between our open and our lock.
bool leads_to(const std::filesystem::path& path, const UniqueFd& file) noexcept {
  struct stat there {};
  struct stat here {};
  return ::lstat(path.c_str(), &there) == 0 && ::fstat(file.get(), &here) == 0 && there.st_ino == here.st_ino &&
         there.st_dev == here.st_dev;
}

}  // namespace

void UploadLock::remove() noexcept {
  if (file_) ::unlink(path_.c_str());
  file_ = UniqueFd();
}

std::chrono::system_clock::time_point UploadLock::modified() const noexcept {
  struct stat info {};
  if (::fstat(file_.get(), &info) < 0) return {};
  return std::chrono::system_clock::from_time_t(info.st_mtim.tv_sec);
}

UploadLocks::UploadLocks(std::filesystem::path folder, const std::string& store)
    : folder_(std::move(folder)), prefix_("regtool-s3-" + store + "-") {}

UploadLocks::Found UploadLocks::take(const std::string& name) const noexcept {
  auto path = path_of(name);
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return {Holder::unknown};
  if (!lock(file)) return {Holder::somebody};
  if (!leads_to(path, file)) return {Holder::unknown};
  return {Holder::nobody, UploadLock(std::move(path), std::move(file))};
}

Result<UploadLock> UploadLocks::create(const std::string& name) const {
  auto path = path_of(name);
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file || !lock(file)) {
    const auto code = errno == EEXIST ? Errc::already_exists : errno == EACCES ? Errc::forbidden : Errc::io;
    return fail(code, fmt::format("make {}: {} (store.spool names the folder)", path.string(),
                                  std::system_category().message(errno)));
  }
  return UploadLock(std::move(path), std::move(file));
}

std::vector<std::string> UploadLocks::names() const {
  std::vector<std::string> names;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(folder_, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const auto file = entry->path().filename().string();
    if (!file.starts_with(prefix_) || !file.ends_with(suffix)) continue;
    names.push_back(file.substr(prefix_.size(), file.size() - prefix_.size() - std::string_view(suffix).size()));
  }
  return names;
}

}  // namespace regtool
