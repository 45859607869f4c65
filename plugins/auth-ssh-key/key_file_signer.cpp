#include "ed25519_key.hpp"
#include "key_files_on_disk.hpp"
#include "libssh_keys.hpp"
#include "signers.hpp"
#include "ssh_wire.hpp"

namespace regtool {
namespace {

constexpr int passphrase_tries = 3;

class KeyFileSigner final : public Signer {
 public:
  KeyFileSigner(Ed25519Key key, PublicKey public_key) : key_(std::move(key)), public_key_(std::move(public_key)) {}

  const PublicKey& public_key() const noexcept override { return public_key_; }

  Result<std::string> sign(const Context&, std::string_view message) noexcept override { return key_.sign(message); }

 private:
  const Ed25519Key key_;
  const PublicKey public_key_;
};

Result<Secret> ask_and_decrypt(const Context& ctx, const std::filesystem::path& path, const Secret& text) {
  for (int tries_left = passphrase_tries;; --tries_left) {
    auto passphrase = ctx.console.ask_secret("Passphrase for " + path.string());
    if (!passphrase && passphrase.error().code == Errc::unsupported) {
      return fail(Errc::unauthenticated, "it is encrypted: set $REGTOOL_KEY_PASSPHRASE, or run this in a terminal");
    }
    if (!passphrase) return fail(std::move(passphrase).error());
    auto decrypted = decrypt_key_file(text, *passphrase);
    wipe(*passphrase);
    if (decrypted || tries_left == 1) return decrypted;
  }
}

Result<std::unique_ptr<Signer>> make_signer(const Context& ctx, const std::filesystem::path& path,
                                            const std::string& passphrase, const Secret& text) {
  REGTOOL_TRY_ASSIGN(auto file, parse_key_file(text.view()));
  if (file.encrypted) {
    REGTOOL_TRY_ASSIGN(const auto decrypted,
                       passphrase.empty() ? ask_and_decrypt(ctx, path, text) : decrypt_key_file(text, passphrase));
    REGTOOL_TRY_ASSIGN(file, parse_key_file(decrypted.view()));
  }
  REGTOOL_TRY_ASSIGN(const auto seed, seed_of(file));
  REGTOOL_TRY_ASSIGN(auto key, Ed25519Key::from_seed(seed));
  REGTOOL_TRY_ASSIGN(const auto public_key, key.public_key());
  if (ed25519_blob(public_key) != file.public_blob) {
    return fail(Errc::corrupt, "its public half does not belong to its private half");
  }
  return std::make_unique<KeyFileSigner>(std::move(key), PublicKey{file.public_blob, ""});
}

}  // namespace

Result<std::unique_ptr<Signer>> open_key_file(const Context& ctx, const std::filesystem::path& path,
                                              const std::string& passphrase) {
  REGTOOL_TRY_ASSIGN(const auto stored, read_key_file(path));
  if (!stored) return nullptr;
  if (stored->others_can_read) {
    ctx.console.warn("others can read the key " + path.string() + ": run `chmod 600 " + path.string() + "`");
  }
  auto signer = make_signer(ctx, path, passphrase, stored->text);
  if (signer) return signer;
  auto error = std::move(signer).error().in("key " + path.string());
  if (error.code != Errc::cancelled && error.code != Errc::internal) error.code = Errc::unauthenticated;
  return fail(std::move(error));
}

}  // namespace regtool
