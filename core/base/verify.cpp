#include <regtool/encoding.hpp>
#include <regtool/verify.hpp>

namespace regtool {

Result<std::unique_ptr<Hasher>> Verifier::resume(const HashState&) noexcept {
  return fail(Errc::unsupported, "this verifier cannot go on with an earlier hash");
}

Result<Verification> Verification::begin(Verifier& verifier, Descriptor expected) {
  REGTOOL_TRY_ASSIGN(auto hasher, verifier.begin(Digest::algorithm()));
  return Verification(std::move(expected), std::move(hasher));
}

Result<Verification> Verification::resume(Verifier& verifier, Descriptor expected, const HashState& from) {
  REGTOOL_TRY_ASSIGN(auto hasher, verifier.resume(from));
  return Verification(std::move(expected), std::move(hasher), from.bytes);
}

void Verification::update(std::span<const std::byte> data) noexcept {
  hasher_->update(data);
  seen_ += data.size();
}

Result<Verified> Verification::finish() {
  REGTOOL_TRY_ASSIGN(const auto found, hasher_->finish());
  if (seen_ != expected_.size) {
    return fail(Errc::corrupt, "expected " + std::to_string(expected_.size) + " bytes, found " + std::to_string(seen_));
  }
  if (found != expected_.digest.hex()) {
    return fail(Errc::corrupt, "expected " + expected_.digest.text() + ", found sha256:" + found);
  }
  return Verified(expected_);
}

Result<Digest> digest_of(Verifier& verifier, std::string_view bytes) {
  REGTOOL_TRY_ASSIGN(auto hasher, verifier.begin(Digest::algorithm()));
  hasher->update(as_bytes(bytes));
  REGTOOL_TRY_ASSIGN(const auto hex, hasher->finish());
  return Digest::parse(std::string(Digest::algorithm()) + ":" + hex);
}

}  // namespace regtool
