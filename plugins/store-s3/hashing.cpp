#include "hashing.hpp"

#include <regtool/encoding.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <vector>

namespace regtool {
namespace {

using Hash = std::array<unsigned char, 32>;

auto no_hash() { return fail(Errc::internal, "OpenSSL could not compute a hash"); }

std::string hex_of(const Hash& hash) { return to_hex(std::as_bytes(std::span(hash))); }

}  // namespace

Result<std::string> sha256_hex(std::string_view text) {
  Hash hash{};
  if (EVP_Digest(text.data(), text.size(), hash.data(), nullptr, EVP_sha256(), nullptr) != 1) return no_hash();
  return hex_of(hash);
}

Result<std::string> sha256_hex(const Source& source) {
  constexpr std::uint64_t piece = 256 << 10;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return no_hash();
  const auto size = std::min(piece, source.size());
  const auto memory = std::make_unique_for_overwrite<std::byte[]>(size);
  for (std::uint64_t at = 0; at < source.size();) {
    REGTOOL_TRY_ASSIGN(const auto count, source.read_at(at, std::span(memory.get(), size)));
    if (count == 0) return fail(Errc::io, "bytes to be sent are gone");
    if (EVP_DigestUpdate(context.get(), memory.get(), count) != 1) return no_hash();
    at += count;
  }
  Hash hash{};
  if (EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) != 1) return no_hash();
  return hex_of(hash);
}

Result<std::string> hmac_sha256(std::string_view key, std::string_view text) {
  Hash hash{};
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  if (key.size() > std::numeric_limits<int>::max() || HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data,
                                                           text.size(), hash.data(), nullptr) == nullptr) {
    return no_hash();
  }
  return std::string(reinterpret_cast<const char*>(hash.data()), hash.size());
}

Result<std::string> random_hex(std::size_t bytes) {
  std::vector<unsigned char> random(bytes);
  if (RAND_bytes(random.data(), static_cast<int>(bytes)) != 1) return fail(Errc::internal, "no random numbers");
  return to_hex(std::as_bytes(std::span(random)));
}

}  // namespace regtool
