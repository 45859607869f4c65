#include "ed25519_key.hpp"

#include "ssh_wire.hpp"

#include <openssl/evp.h>

namespace regtool {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

void Ed25519Key::Free::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

Result<Ed25519Key> Ed25519Key::from_seed(const Secret& seed) {
  const auto view = seed.view();
  auto* key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(view), view.size());
  if (key == nullptr) return fail(Errc::unsupported, "this OpenSSL does not take an Ed25519 key");
  return Ed25519Key(key);
}

Result<std::string> Ed25519Key::public_key() const {
  std::string out(ed25519_key_size, '\0');
  auto size = out.size();
  if (EVP_PKEY_get_raw_public_key(key_.get(), bytes_of(out), &size) != 1 || size != out.size()) {
    return fail(Errc::internal, "OpenSSL could not give a public key");
  }
  return out;
}

Result<std::string> Ed25519Key::sign(std::string_view message) const {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  std::string out(ed25519_signature_size, '\0');
  auto size = out.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), bytes_of(out), &size, bytes_of(message), message.size()) != 1 ||
      size != out.size()) {
    return fail(Errc::internal, "OpenSSL could not sign");
  }
  return out;
}

}  // namespace regtool
