#include "signing_key.hpp"

#include <regtool/encoding.hpp>

#include <openssl/evp.h>

namespace regtool {

struct SigningKey::Key {
  EVP_PKEY* pkey = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  ~Key() { EVP_PKEY_free(pkey); }
};

SigningKey::SigningKey() : key_(std::make_unique<Key>()) {}
SigningKey::~SigningKey() = default;

std::string SigningKey::wire() const {
  std::string raw(32, '\0');
  std::size_t size = raw.size();
  EVP_PKEY_get_raw_public_key(key_->pkey, reinterpret_cast<unsigned char*>(raw.data()), &size);
  return std::string("\0\0\0\x0bssh-ed25519\0\0\0\x20", 19) + raw;
}

std::string SigningKey::sign(std::string_view message) const {
  std::string signature(64, '\0');
  std::size_t size = signature.size();
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key_->pkey);
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                 reinterpret_cast<const unsigned char*>(message.data()), message.size());
  EVP_MD_CTX_free(context);
  return signature;
}

std::string SigningKey::public_line(const std::string& comment) const {
  return "ssh-ed25519 " + to_base64(as_bytes(wire())) + " " + comment;
}

std::string SigningKey::authorization(const std::string& url) const {
  const std::string message =
      "GET," + url + ",ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NQ==";
  return to_base64(as_bytes(wire())) + ":" + to_base64(as_bytes(sign(message)));
}

}  // namespace regtool
