#include "ssh_key_authenticator.hpp"

#include <regtool/encoding.hpp>

#include "key_files_on_disk.hpp"
#include "libssh_keys.hpp"
#include "secret.hpp"
#include "signed_request.hpp"
#include "signers.hpp"

#include <array>
#include <mutex>
#include <openssl/evp.h>
#include <openssl/rand.h>

namespace regtool {
namespace {

constexpr std::string_view new_key_comment = "regtool";

Result<std::string> fresh_nonce() {
  std::array<std::byte, 16> bytes{};
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size()) != 1) {
    return fail(Errc::internal, "OpenSSL could not give random bytes");
  }
  return to_base64url(bytes);
}

// As `ssh-keygen -l` shows it.
std::string fingerprint_of(std::string_view blob) {
  std::array<std::byte, 32> hash{};
  EVP_Q_digest(nullptr, "SHA256", nullptr, blob.data(), blob.size(), reinterpret_cast<unsigned char*>(hash.data()),
               nullptr);
  auto text = to_base64(hash);
  text.erase(text.find_last_not_of('=') + 1);
  return "SHA256:" + text;
}

Identity identity_of(const PublicKey& key, std::string where) {
  return {public_key_line(key), fingerprint_of(key.blob), std::move(where)};
}

class SshKeyAuthenticator final : public Authenticator {
 public:
  explicit SshKeyAuthenticator(SshKeyOptions options) : options_(std::move(options)) {}
  ~SshKeyAuthenticator() override { wipe(options_.passphrase); }

  Result<Credential> answer(const Context& ctx, const Challenge& challenge, Transport& plain) noexcept override {
    if (challenge.scheme != "bearer") {
      return fail(Errc::unsupported, "the scheme \"" + challenge.scheme + "\" is not one that an SSH key answers");
    }
    REGTOOL_TRY_ASSIGN(const auto realm, trusted_realm_of(challenge));
    REGTOOL_TRY_ASSIGN(auto* key, signer(ctx));
    REGTOOL_TRY_ASSIGN(const auto nonce, fresh_nonce());
    const auto asked = make_signed_request(realm, challenge, nonce, ctx.clock.wall_time());
    REGTOOL_TRY_ASSIGN(const auto signature, key->sign(ctx, asked.string_to_sign));
    return fetch_token(
        ctx, plain,
        {Method::get, asked.url, {{"Authorization", signed_authorization(key->public_key().blob, signature)}}});
  }

  Result<Identity> identity(const Context& ctx) noexcept override {
    if (!options_.agent) {
      REGTOOL_TRY_ASSIGN(const auto stored, read_key_file(options_.key));
      if (stored) return identity_in(stored->text);
    }
    REGTOOL_TRY_ASSIGN(const auto agent, agent_signer(ctx));
    return identity_of(agent->public_key(), "ssh-agent");
  }

  Result<Identity> create_identity(const Context&) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto text, generate_key_file());
    REGTOOL_TRY_ASSIGN(const auto file, parse_key_file(text.view()));
    const PublicKey key{file.public_blob, std::string(new_key_comment)};
    REGTOOL_TRY(write_new_key(options_.key, text.view(), public_key_line(key)));
    return identity_of(key, options_.key.string());
  }

 private:
  Result<Signer*> signer(const Context& ctx) {
    const std::lock_guard lock(mutex_);
    if (signer_) return signer_.get();
    if (!options_.agent) {
      REGTOOL_TRY_ASSIGN(signer_, open_key_file(ctx, options_.key, options_.passphrase));
    }
    if (!signer_) {
      auto agent = agent_signer(ctx);
      if (!agent && agent.error().code == Errc::not_found) agent.error().code = Errc::unauthenticated;
      if (!agent) return fail(std::move(agent).error());
      signer_ = std::move(*agent);
    }
    return signer_.get();
  }

  // Never null: Errc::not_found says what there could be instead.
  Result<std::unique_ptr<Signer>> agent_signer(const Context& ctx) const {
    if (options_.agent_socket.empty() && options_.agent) {
      return fail(Errc::not_found, "the config asks for ssh-agent, but $SSH_AUTH_SOCK does not say where it is");
    }
    const auto no_key = "no key at " + options_.key.string();
    const std::string advice = ": make one with `regtool key new` and register it";
    if (options_.agent_socket.empty()) return fail(Errc::not_found, no_key + advice);
    REGTOOL_TRY_ASSIGN(const auto wanted, public_file());
    auto agent = open_agent(ctx, options_.agent_socket, wanted);
    if (!agent && !options_.agent) return fail(std::move(agent).error().in(no_key));
    if (agent && *agent == nullptr) {
      if (wanted)
        return fail(Errc::not_found, "ssh-agent does not hold the key of " + public_file_of(options_.key).string());
      if (options_.agent) return fail(Errc::not_found, "ssh-agent holds no Ed25519 key: add one with ssh-add");
      return fail(Errc::not_found, no_key + ", and ssh-agent holds no Ed25519 key" + advice);
    }
    return agent;
  }

  // Needs no passphrase: the public half is not encrypted. The comment is, but stands in the .pub file too.
  Result<Identity> identity_in(const Secret& text) const {
    auto file = parse_key_file(text.view());
    if (!file) return fail(std::move(file).error().in("key " + options_.key.string()));
    auto beside = public_file();
    const bool same = beside && *beside && (*beside)->blob == file->public_blob;
    return identity_of({file->public_blob, same ? (*beside)->comment : ""}, options_.key.string());
  }

  Result<std::optional<PublicKey>> public_file() const {
    const auto path = public_file_of(options_.key);
    REGTOOL_TRY_ASSIGN(const auto stored, read_key_file(path));
    if (!stored) return std::nullopt;
    auto key = parse_public_key(stored->text.view());
    if (!key) return fail(Errc::unauthenticated, "public key " + path.string() + ": " + key.error().message);
    return std::move(*key);
  }

  SshKeyOptions options_;
  std::mutex mutex_;
  std::unique_ptr<Signer> signer_;
};

}  // namespace

std::unique_ptr<Authenticator> make_ssh_key_authenticator(SshKeyOptions options) {
  return std::make_unique<SshKeyAuthenticator>(std::move(options));
}

}  // namespace regtool
