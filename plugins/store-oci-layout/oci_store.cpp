#include "oci_store.hpp"

#include "layout_needs.hpp"

namespace regtool {
namespace {

class OciStore final : public Store {
 public:
  OciStore(std::shared_ptr<LayoutIndex> index, std::shared_ptr<Store> blobs)
      : index_(std::move(index)), blobs_(std::move(blobs)) {}

  Result<std::unique_ptr<Blob>> open(const Context& ctx, const Digest& digest) noexcept override {
    return blobs_->open(ctx, digest);
  }

  Result<std::unique_ptr<StagedObject>> stage(const Context& ctx, const Descriptor& what) noexcept override {
    return blobs_->stage(ctx, what);
  }

  Result<> commit(const Context& ctx, std::span<Finished> blobs) noexcept override {
    return blobs_->commit(ctx, blobs);
  }

  Result<bool> remove(const Context& ctx, const Digest& digest) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto info, local::look_at(index_->folders().blob(digest)));
    if (!info) return false;
    // Whoever links a manifest holds the lock from before he looks for its blob.
    REGTOOL_TRY_ASSIGN(const auto lock, index_->lock(ctx));
    REGTOOL_TRY_ASSIGN(const auto kept, kept_blobs(ctx));
    if (kept->contains(digest)) return false;
    return blobs_->remove(ctx, digest);
  }

  Result<std::vector<BlobInfo>> list(const Context& ctx) noexcept override {
    REGTOOL_TRY_ASSIGN(auto blobs, blobs_->list(ctx));
    REGTOOL_TRY_ASSIGN(const auto kept, kept_blobs(ctx));
    std::erase_if(blobs, [&](const BlobInfo& blob) { return kept->contains(blob.digest); });
    return blobs;
  }

 private:
  using Kept = std::shared_ptr<const std::set<Digest>>;

  // Read anew only after the index has changed: what it leads to does not.
  Result<Kept> kept_blobs(const Context& ctx) {
    REGTOOL_TRY_ASSIGN(const auto index, index_->read());
    const std::lock_guard lock(mutex_);
    if (kept_ && index.text() == kept_of_) return kept_;
    REGTOOL_TRY_ASSIGN(auto kept, needed_besides_models(ctx, *blobs_, index));
    kept_ = std::make_shared<const std::set<Digest>>(std::move(kept));
    kept_of_ = index.text();
    return kept_;
  }

  const std::shared_ptr<LayoutIndex> index_;
  const std::shared_ptr<Store> blobs_;
  std::mutex mutex_;  // guards the rest
  std::string kept_of_;
  Kept kept_;
};

}  // namespace

std::unique_ptr<Store> make_oci_store(std::shared_ptr<LayoutIndex> index, std::shared_ptr<Store> blobs) {
  return std::make_unique<OciStore>(std::move(index), std::move(blobs));
}

}  // namespace regtool
