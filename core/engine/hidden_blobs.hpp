#pragma once
// A store as if some of its blobs were not there, so that they are fetched though it has something under their names,
// and though it may believe that to be good.

#include <regtool/store.hpp>

#include <mutex>
#include <set>

namespace regtool {

// A blob comes to light when it is committed.
class HiddenBlobs final : public Store {
 public:
  // `inner` outlives this.
  HiddenBlobs(Store& inner, std::set<Digest> hidden) : inner_(inner), hidden_(std::move(hidden)) {}

  bool hides(const Digest& digest) const;

  Result<std::unique_ptr<Blob>> open(const Context& ctx, const Digest& digest) noexcept override;
  Result<std::unique_ptr<StagedObject>> stage(const Context& ctx, const Descriptor& what) noexcept override;
  Result<> commit(const Context& ctx, std::span<Finished> blobs) noexcept override;
  Result<bool> remove(const Context& ctx, const Digest& digest) noexcept override;
  Result<std::vector<BlobInfo>> list(const Context& ctx) noexcept override;

 private:
  Store& inner_;
  mutable std::mutex mutex_;
  std::set<Digest> hidden_;
};

}  // namespace regtool
