#include "openssl_verifier.hpp"

#include <regtool/encoding.hpp>

#include "resumable_sha256.hpp"

#include <array>
#include <openssl/evp.h>
#include <utility>

namespace regtool {
namespace {

struct FreeAlgorithm {
  void operator()(EVP_MD* algorithm) const noexcept { EVP_MD_free(algorithm); }
};
struct FreeDigestContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Algorithm = std::unique_ptr<EVP_MD, FreeAlgorithm>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeDigestContext>;

class OpensslHasher final : public Hasher {
 public:
  OpensslHasher(const EVP_MD* algorithm, DigestContext context) noexcept
      : algorithm_(algorithm), context_(std::move(context)) {
    start();
  }

  void update(std::span<const std::byte> data) noexcept override {
    good_ = good_ && EVP_DigestUpdate(context_.get(), data.data(), data.size()) == 1;
  }

  Result<std::string> finish() noexcept override {
    std::array<std::byte, EVP_MAX_MD_SIZE> hash{};
    unsigned length = 0;
    const bool good =
        good_ && EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash.data()), &length) == 1;
    start();
    if (!good) return fail(Errc::internal, "OpenSSL could not compute a hash");
    return to_hex(std::span(hash).first(length));
  }

 private:
  void start() noexcept { good_ = EVP_DigestInit_ex2(context_.get(), algorithm_, nullptr) == 1; }

  const EVP_MD* const algorithm_;
  const DigestContext context_;
  bool good_ = false;
};

// Fetches the algorithms once: a fetch takes locks and costs more than a small hash.
class OpensslVerifier final : public Verifier {
 public:
  OpensslVerifier(Algorithm sha256, Algorithm md5) noexcept : sha256_(std::move(sha256)), md5_(std::move(md5)) {}

  Result<std::unique_ptr<Hasher>> begin(std::string_view algorithm) noexcept override {
    const EVP_MD* const found = algorithm == "sha256" ? sha256_.get() : algorithm == "md5" ? md5_.get() : nullptr;
    if (found == nullptr) {
      return fail(Errc::unsupported, "this OpenSSL does not offer the hash \"" + std::string(algorithm) + "\"");
    }
    DigestContext context(EVP_MD_CTX_new());
    if (!context) return fail(Errc::internal, "OpenSSL could not begin a hash");
    return std::make_unique<OpensslHasher>(found, std::move(context));
  }

  Result<std::unique_ptr<Hasher>> resume(const HashState& from) noexcept override { return resume_sha256(from); }

 private:
  const Algorithm sha256_;
  const Algorithm md5_;  // null where policy forbids it (FIPS): only multipart uploads need it
};

}  // namespace

Result<std::unique_ptr<Verifier>> make_openssl_verifier() {
  Algorithm sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  if (!sha256) return fail(Errc::unsupported, "this OpenSSL does not offer SHA-256");
  return std::make_unique<OpensslVerifier>(std::move(sha256), Algorithm(EVP_MD_fetch(nullptr, "MD5", nullptr)));
}

}  // namespace regtool
