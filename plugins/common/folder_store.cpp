#include "folder_store.hpp"

#include "folder_blob.hpp"
#include "staging_area.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <system_error>
#include <thread>

namespace regtool {
namespace {

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

class FolderStore final : public Store {
 public:
  FolderStore(local::Path root, const FolderLayout& layout) : folders_(std::move(root), layout) {}

  Result<std::unique_ptr<Blob>> open(const Context&, const Digest& digest) noexcept override {
    auto path = folders_.blob(digest);
    REGTOOL_TRY_ASSIGN(auto file, local::open_file(path, local::Access::read));
    if (!file) return nullptr;
    REGTOOL_TRY_ASSIGN(const auto info, local::info_of(file, path));
    const auto identity = identity_of(info);
    return std::make_unique<FolderBlob>(Descriptor{digest, identity.size}, std::move(path), std::move(file), identity,
                                        index_);
  }

  Result<std::unique_ptr<StagedObject>> stage(const Context&, const Descriptor& what) noexcept override {
    return staging_.take(this, what);
  }

  Result<> commit(const Context& ctx, std::span<Finished> blobs) noexcept override {
    REGTOOL_TRY(check(blobs));
    if (blobs.empty()) return {};
    if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    REGTOOL_TRY(make_durable(blobs));
    REGTOOL_TRY(local::make_folders(folders_.blobs()));
    std::vector<TrustIndex::Record> published;
    auto result = publish(blobs, published);
    if (auto synced = local::sync_folder(folders_.blobs()); result) result = std::move(synced);
    index_.record(published);
    std::vector<Digest> digests;
    for (const auto& [digest, identity] : published) digests.push_back(digest);
    staging_.clean_up(digests);
    return result;
  }

  Result<bool> remove(const Context&, const Digest& digest) noexcept override {
    return local::remove_file(folders_.blob(digest));
  }

  Result<std::vector<BlobInfo>> list(const Context&) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto names, local::entries(folders_.blobs()));
    std::vector<BlobInfo> blobs;
    for (const auto& name : names) {
      auto digest = folders_.digest_in(name);
      if (!digest) continue;
      const auto info = local::look_at(folders_.blob(*digest)).value_or(std::nullopt);
      if (!info || info->kind != local::Kind::file) continue;
      blobs.push_back({std::move(*digest), info->size, local::modified(*info)});
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
      REGTOOL_TRY_ASSIGN(const auto info, local::info_of(staged.slot().file, target));
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
    const auto info = local::look_at(folders_.blob(what.digest)).value_or(std::nullopt);
    return info && info->size == what.size && index_.knows(what.digest, identity_of(*info));
  }

  const StoreFolders folders_;
  const StagingArea staging_{folders_};
  TrustIndex index_{folders_.trust_index()};
};

}  // namespace

std::unique_ptr<Store> make_folder_store(local::Path root, const FolderLayout& layout) {
  return std::make_unique<FolderStore>(std::move(root), layout);
}

}  // namespace regtool
