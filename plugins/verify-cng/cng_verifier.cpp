#include "cng_verifier.hpp"

#include <regtool/encoding.hpp>

#include <array>
#include <limits>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <bcrypt.h>

namespace regtool {
namespace {

struct CloseAlgorithm {
  void operator()(void* algorithm) const noexcept { ::BCryptCloseAlgorithmProvider(algorithm, 0); }
};
struct DestroyHash {
  void operator()(void* hash) const noexcept { ::BCryptDestroyHash(hash); }
};
using Algorithm = std::unique_ptr<void, CloseAlgorithm>;
using Hash = std::unique_ptr<void, DestroyHash>;

constexpr std::size_t sha256_size = 32, md5_size = 16;  // bytes

bool good(NTSTATUS status) noexcept { return status >= 0; }

Algorithm open(const wchar_t* name) noexcept {
  BCRYPT_ALG_HANDLE algorithm = nullptr;
  if (!good(::BCryptOpenAlgorithmProvider(&algorithm, name, nullptr, 0))) return nullptr;
  return Algorithm(algorithm);
}

Hash begin_hash(const Algorithm& algorithm) noexcept {
  BCRYPT_HASH_HANDLE hash = nullptr;
  // The object is ready for the next hash once one is finished.
  if (!good(::BCryptCreateHash(algorithm.get(), &hash, nullptr, 0, nullptr, 0, BCRYPT_HASH_REUSABLE_FLAG))) {
    return nullptr;
  }
  return Hash(hash);
}

class CngHasher final : public Hasher {
 public:
  CngHasher(Hash hash, std::size_t size) noexcept : hash_(std::move(hash)), size_(size) {}

  void update(std::span<const std::byte> data) noexcept override {
    while (!data.empty() && good_) {
      const auto piece = data.first(std::min<std::size_t>(data.size(), std::numeric_limits<ULONG>::max()));
      auto* const bytes = reinterpret_cast<UCHAR*>(const_cast<std::byte*>(piece.data()));
      good_ = good(::BCryptHashData(hash_.get(), bytes, static_cast<ULONG>(piece.size()), 0));
      data = data.subspan(piece.size());
    }
  }

  Result<std::string> finish() noexcept override {
    std::array<std::byte, sha256_size> hash{};
    auto* const bytes = reinterpret_cast<UCHAR*>(hash.data());
    const bool finished = good(::BCryptFinishHash(hash_.get(), bytes, static_cast<ULONG>(size_), 0));
    if (!std::exchange(good_, true) || !finished) return fail(Errc::internal, "Windows could not compute a hash");
    return to_hex(std::span(hash).first(size_));
  }

 private:
  const Hash hash_;
  const std::size_t size_;
  bool good_ = true;
};

class CngVerifier final : public Verifier {
 public:
  CngVerifier(Algorithm sha256, Algorithm md5) noexcept : sha256_(std::move(sha256)), md5_(std::move(md5)) {}

  Result<std::unique_ptr<Hasher>> begin(std::string_view name) noexcept override {
    if (name == "sha256") return make(sha256_, sha256_size);
    if (name == "md5" && md5_) return make(md5_, md5_size);
    return fail(Errc::unsupported, "this Windows does not offer the hash \"" + std::string(name) + "\"");
  }

 private:
  static Result<std::unique_ptr<Hasher>> make(const Algorithm& algorithm, std::size_t size) {
    auto hash = begin_hash(algorithm);
    if (!hash) return fail(Errc::internal, "Windows could not begin a hash");
    return std::make_unique<CngHasher>(std::move(hash), size);
  }

  const Algorithm sha256_;
  const Algorithm md5_;  // null where policy forbids it (FIPS): only multipart uploads need it
};

}  // namespace

Result<std::unique_ptr<Verifier>> make_cng_verifier() {
  auto sha256 = open(BCRYPT_SHA256_ALGORITHM);
  if (!sha256) return fail(Errc::unsupported, "this Windows does not offer SHA-256");
  return std::make_unique<CngVerifier>(std::move(sha256), open(BCRYPT_MD5_ALGORITHM));
}

}  // namespace regtool
