#include <regtool/plugin.hpp>

#include "basic_authenticator.hpp"

namespace regtool {
namespace {

constexpr Option options[] = {
    {"user", OptionType::text, "", "The user's name at the registry; without it and a password, $REGTOOL_USER."},
    {"password", OptionType::secret, "", "The user's password; without it, $REGTOOL_PASSWORD."},
};

Result<std::unique_ptr<Authenticator>> make(const Context&, const Config& config) {
  REGTOOL_TRY_ASSIGN(auto login, find_login(config));
  return make_basic_authenticator(std::move(login));
}

void enroll(Registrar& registrar) { registrar.authenticator("basic", options, make); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("auth-basic", "0.1.0", regtool::enroll);
