#include "fake_auth.hpp"

#include <regtool/encoding.hpp>

#include "registry_replies.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace regtool {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(separator, at), text.size());
    if (end > at) parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

HttpReply refuse(int status, const std::string& why) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = fmt::format(R"({{"error":"{}"}})", why)};
}

// Why this is not a request with Ollama's signature; "" if it looks like one.
std::string signature_flaw(const HttpRequest& request) {
  if (!std::is_sorted(request.query.begin(), request.query.end(),
                      [](const auto& a, const auto& b) { return a.first < b.first; })) {
    return "the query is not sorted by key";
  }
  for (const auto* name : {"nonce", "scope", "service", "ts"}) {
    if (request.query_value(name).empty()) return fmt::format("no {}", name);
  }
  const auto halves = split(request.header("Authorization"), ':');
  if (halves.size() != 2) return "Authorization is not a key and a signature";
  const auto key = from_base64(halves[0]);
  const auto signature = from_base64(halves[1]);
  constexpr std::string_view ed25519("\0\0\0\x0bssh-ed25519\0\0\0\x20", 19);
  if (!key || !key->starts_with(ed25519) || key->size() != ed25519.size() + 32) return "not an Ed25519 public key";
  if (!signature || signature->size() != 64) return "not a raw Ed25519 signature";
  return {};
}

}  // namespace

std::optional<HttpReply> FakeAuth::refusal(const HttpRequest& request, const std::vector<Access>& needed) {
  if (options_.scheme == AuthScheme::none) return std::nullopt;
  const bool pulls_only =
      std::all_of(needed.begin(), needed.end(), [](const Access& access) { return access.action == "pull"; });
  if (options_.anonymous_pull && pulls_only) return std::nullopt;
  const bool basic = options_.scheme == AuthScheme::basic;
  if (basic ? basic_is_right(request) : token_is_good(request.header("Authorization"), needed)) return std::nullopt;
  auto reply = registry_error(401, "UNAUTHORIZED", "authentication required");
  reply.headers.add("WWW-Authenticate", basic ? "Basic realm=\"fake registry\"" : challenge(request, needed));
  return reply;
}

HttpReply FakeAuth::issue(const HttpRequest& request) {
  if (options_.scheme == AuthScheme::signed_token) {
    if (const auto flaw = signature_flaw(request); !flaw.empty()) return refuse(401, flaw);
  } else if (!options_.user.empty() && !basic_is_right(request)) {
    return refuse(401, "incorrect username or password");
  }
  Token token;
  token.until = now() + options_.token_lifetime;
  for (const auto& [name, value] : request.query) {
    if (name != "scope") continue;
    for (const auto& scope : split(value, ' ')) token.grants.merge(grants_of(scope));
  }
  const std::lock_guard lock(mutex_);
  const auto text = fmt::format("token-{}", tokens_.size() + 1);
  tokens_[text] = std::move(token);
  return {.headers = {{"Content-Type", "application/json"}},
          .body = fmt::format(R"({{"token":"{}","expires_in":{}}})", text, options_.token_lifetime.count())};
}

void FakeAuth::expire_tokens() {
  const std::lock_guard lock(mutex_);
  for (auto& [text, token] : tokens_) token.grants.clear();
}

bool FakeAuth::basic_is_right(const HttpRequest& request) const {
  return request.header("Authorization") == "Basic " + to_base64(as_bytes(options_.user + ':' + options_.password));
}

bool FakeAuth::token_is_good(const std::string& authorization, const std::vector<Access>& needed) {
  constexpr std::string_view scheme = "Bearer ";
  if (!authorization.starts_with(scheme)) return false;
  const std::lock_guard lock(mutex_);
  const auto found = tokens_.find(authorization.substr(scheme.size()));
  if (found == tokens_.end() || now() >= found->second.until) return false;
  auto& token = found->second;
  if (options_.token_uses != 0 && token.uses >= options_.token_uses) return false;
  for (const auto& access : needed) {
    if (!token.grants.contains(access.repository + ':' + access.action)) return false;
  }
  ++token.uses;
  return true;
}

std::string FakeAuth::challenge(const HttpRequest& request, const std::vector<Access>& needed) const {
  std::string scopes;
  for (const auto& [repository, action] : needed) {
    const auto* actions = action == "push" ? "pull,push" : "pull";
    scopes += fmt::format("{}repository:{}:{}", scopes.empty() ? "" : " ", repository, actions);
  }
  const auto realm = options_.realm.empty() ? request.origin + "/v2/token" : options_.realm;
  auto text = fmt::format(R"(Bearer realm="{}",service="{}",scope="{}")", realm, options_.service, scopes);
  if (!options_.nonce.empty()) text += fmt::format(R"(,nonce="{}")", options_.nonce);
  return text;
}

// Of "repository:NAME:ACTION,ACTION"; the name may hold a colon (a port).
std::set<std::string> FakeAuth::grants_of(const std::string& scope) const {
  std::set<std::string> grants;
  const auto first = scope.find(':');
  const auto last = scope.rfind(':');
  if (first == last) return grants;
  for (const auto& action : split(scope.substr(last + 1), ',')) {
    if (action == "push" && !options_.push_allowed) continue;
    grants.insert(scope.substr(first + 1, last - first - 1) + ':' + action);
  }
  return grants;
}

std::chrono::steady_clock::time_point FakeAuth::now() const {
  return options_.clock ? options_.clock->now() : std::chrono::steady_clock::time_point();
}

}  // namespace regtool
