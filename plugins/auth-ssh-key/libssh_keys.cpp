#include "libssh_keys.hpp"

#include <cstring>
#include <libssh/libssh.h>
#include <memory>
#include <openssl/crypto.h>

namespace regtool {
namespace {

struct FreeKey {
  void operator()(ssh_key key) const noexcept { ssh_key_free(key); }
};
using Key = std::unique_ptr<ssh_key_struct, FreeKey>;

Result<Secret> export_unencrypted(ssh_key key) {
  char* text = nullptr;
  if (ssh_pki_export_privkey_base64(key, nullptr, nullptr, nullptr, &text) != SSH_OK || text == nullptr) {
    return fail(Errc::internal, "libssh could not write a key");
  }
  Secret out(std::strlen(text));
  std::memcpy(out.data(), text, out.view().size());
  OPENSSL_cleanse(text, out.view().size());
  ssh_string_free_char(text);
  return out;
}

}  // namespace

Result<Secret> decrypt_key_file(const Secret& text, const std::string& passphrase) {
  Secret terminated(text.view().size() + 1);  // libssh wants a C string
  std::memcpy(terminated.data(), text.view().data(), text.view().size());
  ssh_key raw = nullptr;
  const auto status = ssh_pki_import_privkey_base64(terminated.data(), passphrase.c_str(), nullptr, nullptr, &raw);
  const Key key(raw);
  if (status != SSH_OK || key == nullptr) return fail(Errc::unauthenticated, "the passphrase is wrong");
  return export_unencrypted(key.get());
}

Result<Secret> generate_key_file() {
  ssh_key raw = nullptr;
  const auto status = ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &raw);
  const Key key(raw);
  if (status != SSH_OK || key == nullptr) return fail(Errc::internal, "libssh could not make a key");
  return export_unencrypted(key.get());
}

}  // namespace regtool
