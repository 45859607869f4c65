#include "resumable_sha256.hpp"

#include <regtool/encoding.hpp>

#include <array>

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

namespace regtool {
namespace {

constexpr std::size_t bytes_of_a_word = 4;
constexpr std::uint64_t bits_of_a_byte = 8;

std::uint64_t bytes_in(const SHA256_CTX& context) noexcept {
  return (std::uint64_t{context.Nh} << 32 | context.Nl) / bits_of_a_byte;
}

std::string text_of(const SHA256_CTX& context) {
  std::array<std::byte, SHA256_DIGEST_LENGTH> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto shift = 8 * (bytes_of_a_word - 1 - i % bytes_of_a_word);
    bytes[i] = static_cast<std::byte>(context.h[i / bytes_of_a_word] >> shift);
  }
  return to_hex(bytes);
}

bool read_text(std::string_view text, SHA256_CTX& context) {
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() != SHA256_DIGEST_LENGTH) return false;
  for (std::size_t i = 0; i < bytes->size(); ++i) {
    auto& word = context.h[i / bytes_of_a_word];
    word = word << 8 | static_cast<unsigned char>((*bytes)[i]);
  }
  return true;
}

class ResumableSha256 final : public Hasher {
 public:
  explicit ResumableSha256(const SHA256_CTX& context) noexcept : context_(context) {}

  void update(std::span<const std::byte> data) noexcept override {
    good_ = good_ && SHA256_Update(&context_, data.data(), data.size()) == 1;
  }

  Result<std::string> finish() noexcept override {
    std::array<std::byte, SHA256_DIGEST_LENGTH> hash{};
    const bool good = good_ && SHA256_Final(reinterpret_cast<unsigned char*>(hash.data()), &context_) == 1;
    good_ = SHA256_Init(&context_) == 1;
    if (!good) return fail(Errc::internal, "OpenSSL could not compute a hash");
    return to_hex(hash);
  }

  std::optional<HashState> state() const noexcept override {
    if (!good_ || context_.num != 0) return std::nullopt;
    const auto bytes = bytes_in(context_);
    return bytes == 0 ? HashState() : HashState{bytes, text_of(context_)};
  }

 private:
  SHA256_CTX context_;
  bool good_ = true;
};

}  // namespace

Result<std::unique_ptr<Hasher>> resume_sha256(const HashState& from) {
  SHA256_CTX context;
  if (SHA256_Init(&context) != 1) return fail(Errc::internal, "OpenSSL could not begin a hash");
  const bool begins = from == HashState();
  const bool is_state = from.bytes > 0 && from.bytes % SHA256_CBLOCK == 0 && read_text(from.value, context);
  if (!begins && !is_state) return fail(Errc::invalid_argument, "not the state of a SHA-256");
  const auto bits = from.bytes * bits_of_a_byte;
  context.Nl = static_cast<SHA_LONG>(bits);
  context.Nh = static_cast<SHA_LONG>(bits >> 32);
  return std::make_unique<ResumableSha256>(context);
}

}  // namespace regtool
