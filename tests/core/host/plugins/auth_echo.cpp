// An authenticator that tells with which options it was made.

#include <regtool/plugin.hpp>

namespace regtool {
namespace {

constexpr Option auth_options[] = {
    {"key", OptionType::path, "~/.ollama/id_ed25519", "The private key."},
    {"user", OptionType::text, "", "Who we are."},
    {"password", OptionType::secret, "", "What only we know."},
    {"scopes", OptionType::list, "", "What to ask for."},
};

class EchoAuthenticator final : public Authenticator {
 public:
  explicit EchoAuthenticator(Identity told) : told_(std::move(told)) {}
  Result<Credential> answer(const Context&, const Challenge&, Transport&) noexcept override {
    return fail(Errc::unsupported, "never answers");
  }
  Result<Identity> identity(const Context&) noexcept override { return told_; }

 private:
  Identity told_;
};

Result<std::unique_ptr<Authenticator>> make_auth(const Context&, const Config& config) {
  if (config.text("user") == "nobody") return fail(Errc::unauthenticated, "nobody is not welcome");
  return std::make_unique<EchoAuthenticator>(Identity{config.text("user"), "", config.path("key").string()});
}

void enroll(Registrar& registrar) { registrar.authenticator("echo", auth_options, make_auth); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("auth-echo", "1.2.3", regtool::enroll);
