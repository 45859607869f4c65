#include "digest_of.hpp"

#include <regtool/encoding.hpp>

#include <array>
#include <openssl/evp.h>

namespace regtool {
namespace {

std::string hash(std::string_view bytes, const EVP_MD* algorithm) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, algorithm, nullptr);
  return {reinterpret_cast<const char*>(out.data()), length};
}

}  // namespace

Digest digest_of(std::string_view bytes) {
  return *Digest::parse("sha256:" + to_hex(as_bytes(hash(bytes, EVP_sha256()))));
}

Descriptor descriptor_of(std::string_view bytes) { return {digest_of(bytes), bytes.size()}; }

std::string md5_of(std::string_view bytes) { return hash(bytes, EVP_md5()); }

}  // namespace regtool
