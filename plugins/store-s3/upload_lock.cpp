#include "upload_lock.hpp"

#include "spool.hpp"

namespace regtool {

void UploadLock::remove() noexcept {
  if (file_) local::remove_quietly(path_);
  file_ = local::File();
}

std::chrono::system_clock::time_point UploadLock::modified() const noexcept {
  const auto info = local::info_of(file_, path_);
  return info ? local::modified(*info) : std::chrono::system_clock::time_point();
}

UploadLocks::UploadLocks(std::filesystem::path folder, const std::string& store)
    : folder_(std::move(folder)), prefix_("regtool-s3-" + store + "-") {}

UploadLocks::Found UploadLocks::take(const std::string& name) const noexcept {
  auto path = path_of(name);
  auto file = local::open_file(path, local::Access::read_write);
  if (!file || !*file) return {Holder::unknown};
  if (!local::lock(*file)) return {Holder::somebody};
  // Its owner may have removed it between our open and our lock.
  const auto info = local::info_of(*file, path);
  if (!info || !local::leads_to(path, *info)) return {Holder::unknown};
  return {Holder::nobody, UploadLock(std::move(path), std::move(*file))};
}

Result<UploadLock> UploadLocks::create(const std::string& name) const {
  auto path = path_of(name);
  REGTOOL_TRY_ASSIGN(auto file, of_spool(local::create_file(path)));
  if (!file || !local::lock(file)) return fail(Errc::already_exists, path.string() + " is there already");
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
