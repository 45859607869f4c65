#include "filesystem_store.hpp"

#include "filesystem_blob.hpp"
#include "staging_area.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace regtool {
namespace {

// The digest in a blob's file name; nothing for other programs' files.
std::optional<Digest> digest_in(std::string_view file_name) {
  constexpr std::string_view prefix = "sha256-";
  if (!file_name.starts_with(prefix)) return std::nullopt;
  auto digest = Digest::parse("sha256:" + std::string(file_name.substr(prefix.size())));
  if (!digest || StoreFolders::blob_name(*digest) != file_name) return std::nullopt;
  return std::move(*digest);
}

StagedFile& file_of(const Finished& blob) noexcept { return static_cast<StagedFile&>(*blob.staged); }

// Several at a time: a file system makes files durable together that are asked for together.
Result<> make_durable(std::span<Finished> blobs) {
  constexpr std::size_t max_threads = 8;
  for (auto& blob : blobs) file_of(blob).start_write_back();
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  Result<> result;
  const auto work = [&] {
    for (auto i = next++; i < blobs.size(); i = next++) {
      auto synced = file_of(blobs[i]).sync();
      const std::lock_guard lock(mutex);
      if (!synced) result = std::move(synced);
    }
  };
  std::vector<std::jthread> helpers;
  try {
    while (helpers.size() + 1 < std::min(max_threads, blobs.size())) helpers.emplace_back(work);
  } catch (const std::system_error&) {
    // No more threads to be had: those that there are do all of it.
  }
  work();
  helpers.clear();
  return result;
}

class FilesystemStore final : public Store {
 public:
  explicit FilesystemStore(posix::Path root) : folders_(std::move(root)) {}

  Result<std::unique_ptr<Blob>> open(const Context&, const Digest& digest) noexcept override {
    auto path = folders_.blob(digest);
    REGTOOL_TRY_ASSIGN(auto file, posix::open_file(path, posix::Access::read));
    if (!file) return nullptr;
    REGTOOL_TRY_ASSIGN(const auto info, posix::status(file, path));
    const auto identity = identity_of(info);
    return std::make_unique<FilesystemBlob>(Descriptor{digest, identity.size}, std::move(path), std::move(file),
                                            identity, index_);
  }

  Result<std::unique_ptr<StagedObject>> stage(const Context&, const Descriptor& what) noexcept override {
    return staging_.take(this, what);
  }

  Result<> commit(const Context& ctx, std::span<Finished> blobs) noexcept override {
    REGTOOL_TRY(check(blobs));
    if (blobs.empty()) return {};
    if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    REGTOOL_TRY(make_durable(blobs));
    REGTOOL_TRY(posix::make_folders(folders_.blobs()));
    std::vector<TrustIndex::Record> published;
    auto result = publish(blobs, published);
    if (auto synced = posix::sync_folder(folders_.blobs()); result) result = std::move(synced);
    index_.record(published);
    std::vector<Digest> digests;
    for (const auto& [digest, identity] : published) digests.push_back(digest);
    staging_.clean_up(digests);
    return result;
  }

  Result<bool> remove(const Context&, const Digest& digest) noexcept override {
    const auto path = folders_.blob(digest);
    if (::unlink(path.c_str()) == 0) return true;
    if (errno == ENOENT) return false;
    return fail(posix::os_error(errno, "remove", path));
  }

  Result<std::vector<BlobInfo>> list(const Context&) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto names, posix::entries(folders_.blobs()));
    std::vector<BlobInfo> blobs;
    for (const auto& name : names) {
      auto digest = digest_in(name);
      struct stat info {};
      if (!digest || ::stat((folders_.blobs() / name).c_str(), &info) < 0 || !S_ISREG(info.st_mode)) continue;
      blobs.push_back({std::move(*digest), static_cast<std::uint64_t>(info.st_size), posix::modified(info)});
    }
    return blobs;
  }

 private:
  Result<> check(std::span<Finished> blobs) const {
    for (const auto& blob : blobs) {
      const auto* staged = dynamic_cast<const StagedFile*>(blob.staged.get());
      if (staged == nullptr || staged->owner() != this) {
        return fail(Errc::invalid_argument, "a staged blob of another store");
      }
      if (staged->what() != blob.proof.what()) {
        return fail(Errc::invalid_argument,
                    "a proof that belongs to another blob than " + staged->what().digest.text());
      }
    }
    return {};
  }

  Result<> publish(std::span<Finished> blobs, std::vector<TrustIndex::Record>& published) {
    for (auto& blob : blobs) {
      auto& staged = file_of(blob);
      const auto target = folders_.blob(staged.what().digest);
      REGTOOL_TRY_ASSIGN(const auto info, posix::status(staged.slot().file, target));
      REGTOOL_TRY_ASSIGN(const bool done, staged.publish(target));
      if (done) {
        published.emplace_back(staged.what().digest, identity_of(info));
      } else if (!published_by_others(staged.what())) {
        return fail(Errc::unavailable,
                    "another process took what was fetched of " + staged.what().digest.text() + "; try again");
      }
      blob.staged.reset();
    }
    return {};
  }

  bool published_by_others(const Descriptor& what) {
    struct stat info {};
    return ::stat(folders_.blob(what.digest).c_str(), &info) == 0 &&
           static_cast<std::uint64_t>(info.st_size) == what.size && index_.knows(what.digest, identity_of(info));
  }

  const StoreFolders folders_;
  const StagingArea staging_{folders_};
  TrustIndex index_{folders_.trust_index()};
};

}  // namespace

std::unique_ptr<Store> make_filesystem_store(posix::Path root) {
  return std::make_unique<FilesystemStore>(std::move(root));
}

}  // namespace regtool
