#include "token_authenticator.hpp"

#include <utility>

namespace regtool {
namespace {

class TokenAuthenticator final : public Authenticator {
 public:
  explicit TokenAuthenticator(std::optional<Login> login) : login_(std::move(login)) {}

  Result<Credential> answer(const Context& ctx, const Challenge& challenge, Transport& plain) noexcept override {
    if (challenge.scheme == "basic") {
      return fail(Errc::unsupported, challenge.origin +
                                         " asks for a password, not for a token: set \"auth\": {\"plugin\": \"basic\"} "
                                         "for this registry in the config");
    }
    if (challenge.scheme != "bearer") {
      return fail(Errc::unsupported, "the scheme \"" + challenge.scheme + "\" is not Bearer");
    }
    REGTOOL_TRY_ASSIGN(const auto realm, login_ ? trusted_realm_of(challenge) : realm_of(challenge));
    Request request{Method::get, with_query(realm, encode_query(token_query(challenge))), {}};
    if (login_) request.headers.add("Authorization", basic_authorization(*login_));
    auto credential = fetch_token(ctx, plain, request);
    if (!credential && credential.error().code == Errc::unauthenticated && !login_) {
      credential.error().message +=
          " (set $REGTOOL_USER and $REGTOOL_PASSWORD, or \"user\" and \"password\" of this "
          "registry's \"auth\" in the config)";
    }
    return credential;
  }

 private:
  const std::optional<Login> login_;
};

}  // namespace

std::unique_ptr<Authenticator> make_token_authenticator(std::optional<Login> login) {
  return std::make_unique<TokenAuthenticator>(std::move(login));
}

}  // namespace regtool
