#include <regtool/plugin.hpp>

#include "token_authenticator.hpp"

namespace regtool {
namespace {

constexpr Option options[] = {
    {"user", OptionType::text, "", "Who tokens are for; without it and a password, $REGTOOL_USER, else anonymous."},
    {"password", OptionType::secret, "", "Sent to the token endpoint; without it, $REGTOOL_PASSWORD."},
};

Result<std::unique_ptr<Authenticator>> make(const Context&, const Config& config) {
  REGTOOL_TRY_ASSIGN(auto login, find_login(config));
  return make_token_authenticator(std::move(login));
}

void enroll(Registrar& registrar) { registrar.authenticator("token", options, make); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("auth-token", "0.1.0", regtool::enroll);
