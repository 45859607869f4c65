#include "basic_authenticator.hpp"

#include <utility>

namespace regtool {
namespace {

class BasicAuthenticator final : public Authenticator {
 public:
  explicit BasicAuthenticator(std::optional<Login> login) : login_(std::move(login)) {}

  Result<Credential> answer(const Context&, const Challenge& challenge, Transport&) noexcept override {
    if (challenge.scheme == "bearer") {
      return fail(Errc::unsupported, challenge.origin +
                                         " asks for a token, not for a password: set \"auth\": {\"plugin\": \"token\"} "
                                         "for this registry in the config");
    }
    if (challenge.scheme != "basic") {
      return fail(Errc::unsupported, "the scheme \"" + challenge.scheme + "\" is not Basic");
    }
    if (!login_) {
      return fail(Errc::unauthenticated,
                  challenge.origin +
                      " asks for a user and a password: set $REGTOOL_USER and $REGTOOL_PASSWORD, "
                      "or \"user\" and \"password\" of its \"auth\" in the config");
    }
    return Credential{basic_authorization(*login_)};
  }

 private:
  const std::optional<Login> login_;
};

}  // namespace

std::unique_ptr<Authenticator> make_basic_authenticator(std::optional<Login> login) {
  return std::make_unique<BasicAuthenticator>(std::move(login));
}

}  // namespace regtool
