#pragma once
// Answering a registry's 401. Sources: RFC 9110 section 11 (challenges), the distribution project's token
// specification, and docs/protocol.md for Ollama's signed challenge.

#include <regtool/config.hpp>
#include <regtool/transport.hpp>
#include <regtool/url.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace regtool {

// One challenge of a WWW-Authenticate header.
struct Challenge {
  std::string scheme;                                      // lower case: "bearer", "basic"
  std::map<std::string, std::string, std::less<>> params;  // lower-case names: realm, service, scope, nonce
  std::string origin;                                      // who asked: Url::origin() of the request that got the 401

  // The realm's origin is the asking registry's own, or one that the config names as trusted for it. Nothing secret may
  // be sent to a realm of which this is false, not even a signature.
  bool realm_trusted = false;

  // "" when there is no such parameter.
  std::string_view param(std::string_view name) const noexcept {
    const auto found = params.find(name);
    return found == params.end() ? std::string_view() : std::string_view(found->second);
  }
};

struct Credential {
  std::string authorization;  // the value of an Authorization header; sent only to Challenge::origin
  std::chrono::steady_clock::time_point expires = std::chrono::steady_clock::time_point::max();
};

// Who an authenticator says that the user is, for `regtool key`.
struct Identity {
  std::string public_key;   // one line, as it is to be registered with the service
  std::string fingerprint;  // "SHA256:…"
  std::string where;        // where the secret half is: a path, or "ssh-agent"
};

// Proves who the user is. Thread-safe.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // Answers one challenge. `plain` sends without credentials, for token endpoints. The engine caches the answer, and
  // calls once for many waiting requests. Errc::unsupported: not a challenge of this scheme (the engine tries the next
  // one); Errc::unauthenticated: it cannot be answered, and the message says what the user should do.
  virtual Result<Credential> answer(const Context& ctx, const Challenge& challenge, Transport& plain) noexcept = 0;

  // The identity behind the answers. Errc::unsupported where the scheme has none; Errc::not_found where it was not made
  // yet.
  virtual Result<Identity> identity(const Context& ctx) noexcept;

  // Makes a new identity, readable by its owner alone. Errc::already_exists rather than replacing one.
  virtual Result<Identity> create_identity(const Context& ctx) noexcept;
};

// The token endpoint that a challenge names. Errc::protocol when it names none, or one that is no URL, or when an HTTPS
// registry names a plain HTTP one that the config does not trust.
Result<Url> realm_of(const Challenge& challenge);

// The same for an answer that holds a secret or a signature: Errc::unauthenticated, with how to trust it, unless
// realm_trusted.
Result<Url> trusted_realm_of(const Challenge& challenge);

// The service, and each of the space-separated scopes, that a token is asked for.
QueryPairs token_query(const Challenge& challenge);

// A user's name and password at one registry.
struct Login {
  std::string user;
  std::string password;
};

// The options "user" (text) and "password" (secret). Without a password it is $REGTOOL_PASSWORD, and without either the
// user is $REGTOOL_USER: a user in a file may have a password that is not.
// Nothing where no user is named. Errc::invalid_argument for a name that Basic cannot carry.
Result<std::optional<Login>> find_login(const Config& config);

// The Authorization value of RFC 7617.
std::string basic_authorization(const Login& login);

// Sends `request` to a token endpoint through `plain` and reads its JSON answer, {"token" or "access_token",
// "expires_in"}, into a Bearer credential. Reads at most 1 MiB. Without "expires_in" it is good for `default_lifetime`.
// 401 is Errc::unauthenticated, 403 Errc::forbidden, with the endpoint's own words; an answer without a token
// Errc::protocol.
Result<Credential> fetch_token(const Context& ctx, Transport& plain, const Request& request,
                               std::chrono::seconds default_lifetime = std::chrono::seconds(60));

}  // namespace regtool
