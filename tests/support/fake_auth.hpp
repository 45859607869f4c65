#pragma once
// Who may do what at a fake registry: nothing asked, Basic, or tokens with scopes; and the token endpoint.

#include <regtool/context.hpp>

#include "http_handler.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace regtool {

enum class AuthScheme : std::uint8_t {
  none,
  basic,         // user and password with every request
  token,         // the standard token flow, with Basic credentials if there is a user, else for anybody
  signed_token,  // Ollama's: the request for a token must bear a signature (its shape is checked, not its key)
};

struct AuthOptions {
  AuthScheme scheme = AuthScheme::none;
  std::string user{}, password{};
  bool anonymous_pull = false;  // pulls ask for nothing
  bool push_allowed = true;     // false: tokens never hold "push"
  std::string realm{};          // "" is /v2/token of whoever is asked
  std::string service = "fake-registry";
  std::string nonce{};      // of the challenge, where it brings one
  unsigned token_uses = 0;  // requests that a token is good for; 0 is no limit
  std::chrono::seconds token_lifetime{300};
  const Clock* clock = nullptr;  // null: time does not pass
};

// What a request needs: "pull" or "push" on a repository.
struct Access {
  std::string repository;
  std::string action;
};

// Thread-safe.
class FakeAuth {
 public:
  explicit FakeAuth(AuthOptions options) : options_(std::move(options)) {}

  // The 401, unless the request may go on.
  std::optional<HttpReply> refusal(const HttpRequest& request, const std::vector<Access>& needed);

  // The token endpoint.
  HttpReply issue(const HttpRequest& request);

  // From now on every token issued so far is refused.
  void expire_tokens();

 private:
  struct Token {
    std::set<std::string> grants;  // "repository:action"
    unsigned uses = 0;
    std::chrono::steady_clock::time_point until{};
  };

  bool basic_is_right(const HttpRequest& request) const;
  bool token_is_good(const std::string& authorization, const std::vector<Access>& needed);
  std::string challenge(const HttpRequest& request, const std::vector<Access>& needed) const;
  std::set<std::string> grants_of(const std::string& scope) const;
  std::chrono::steady_clock::time_point now() const;

  AuthOptions options_;
  std::mutex mutex_;
  std::map<std::string, Token> tokens_;
};

}  // namespace regtool
