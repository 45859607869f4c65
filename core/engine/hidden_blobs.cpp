#include "engine/hidden_blobs.hpp"

namespace regtool {

bool HiddenBlobs::hides(const Digest& digest) const {
  const std::lock_guard lock(mutex_);
  return hidden_.contains(digest);
}

Result<std::unique_ptr<Blob>> HiddenBlobs::open(const Context& ctx, const Digest& digest) noexcept {
  if (hides(digest)) return nullptr;
  return inner_.open(ctx, digest);
}

Result<std::unique_ptr<StagedObject>> HiddenBlobs::stage(const Context& ctx, const Descriptor& what) noexcept {
  return inner_.stage(ctx, what);
}

Result<> HiddenBlobs::commit(const Context& ctx, std::span<Finished> blobs) noexcept {
  auto committed = inner_.commit(ctx, blobs);
  const std::lock_guard lock(mutex_);
  for (const auto& blob : blobs) {
    // On failure some may have been published all the same.
    if (!blob.staged) hidden_.erase(blob.proof.what().digest);
  }
  return committed;
}

Result<bool> HiddenBlobs::remove(const Context& ctx, const Digest& digest) noexcept {
  return inner_.remove(ctx, digest);
}

Result<std::vector<BlobInfo>> HiddenBlobs::list(const Context& ctx) noexcept {
  REGTOOL_TRY_ASSIGN(auto blobs, inner_.list(ctx));
  std::erase_if(blobs, [&](const BlobInfo& blob) { return hides(blob.digest); });
  return blobs;
}

}  // namespace regtool
