#include "s3_blob.hpp"

namespace regtool {
namespace {

constexpr std::size_t max_mark = 1 << 10;

}  // namespace

S3Blob::S3Blob(const Context& ctx, const S3Objects& objects, const StoreKeys& keys, const Digest& digest,
               const S3ObjectFacts& facts)
    : ctx_(ctx),
      objects_(objects),
      keys_(keys),
      digest_(digest),
      facts_(facts),
      reader_(ctx, objects.client(), keys.blob(digest), facts) {}

Result<std::size_t> S3Blob::read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept {
  return reader_.read_at(offset, out);
}

bool S3Blob::trusted() const noexcept {
  const std::lock_guard lock(mutex_);
  if (!trusted_) trusted_ = facts_.verified == digest_.text() || find_mark();
  return *trusted_;
}

// Somebody has hashed this very version, which another program wrote.
bool S3Blob::find_mark() const {
  const auto mark = objects_.get(ctx_, keys_.verified(digest_), max_mark);
  if (!mark) ctx_.console.debug(mark.error().message);
  return mark && *mark && (*mark)->bytes == facts_.etag;
}

void S3Blob::trust(const Verified& proof) noexcept {
  if (proof.what() != Descriptor{digest_, facts_.size}) return;
  const std::lock_guard lock(mutex_);
  if (trusted_.value_or(facts_.verified == digest_.text())) return;
  // What was hashed was read from this version, whichever is there by now.
  if (const auto marked = objects_.put(ctx_, keys_.verified(digest_), facts_.etag); !marked) {
    ctx_.console.debug(marked.error().message);
  }
  trusted_ = true;
}

}  // namespace regtool
