#include <regtool/auth.hpp>
#include <regtool/url.hpp>

#include "base/http_error.hpp"
#include "base/json.hpp"

#include <algorithm>

namespace regtool {
namespace {

constexpr std::size_t token_limit = 1024 * 1024;

// Anything else would let a token endpoint write further header fields into our requests.
bool is_header_safe(std::string_view token) {
  return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::chrono::seconds lifetime_of(const rapidjson::Value& answer, std::chrono::seconds default_lifetime) {
  constexpr double longest = 365.0 * 24 * 3600;
  const auto* expires_in = json_member(answer, "expires_in");
  if (expires_in == nullptr || !expires_in->IsNumber() || !(expires_in->GetDouble() > 0)) return default_lifetime;
  return std::chrono::seconds(static_cast<std::int64_t>(std::min(expires_in->GetDouble(), longest)));
}

// An answer without a length may have been cut short on the way, and nobody noticed.
bool ends_early(std::string_view json) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = json.find_first_not_of(space);
  if (first == json.npos) return true;
  return json[first] == '{' && json[json.find_last_not_of(space)] != '}';
}

Result<Credential> exchange(const Context& ctx, Transport& plain, const Request& request,
                            std::chrono::seconds default_lifetime) {
  // The life of a token begins when it is issued, not when it arrives.
  const auto asked = ctx.clock.now();
  REGTOOL_TRY_ASSIGN(const auto response, plain.send(ctx, request));
  if (response->status() < 200 || response->status() > 299) {
    auto error = http_error(ctx, *response);
    // That the endpoint is not there must not read as if the model were not.
    if (error.code == Errc::not_found) error.code = Errc::protocol;
    return fail(std::move(error));
  }
  REGTOOL_TRY_ASSIGN(const auto body, read_all(*response, token_limit));
  if (body.empty()) return fail(Errc::unavailable, "the answer is empty");
  if (ends_early(body)) return fail(Errc::unavailable, "the answer ended before its JSON did");
  REGTOOL_TRY_ASSIGN(const auto answer, parse_json(body));
  auto token = json_text(answer, "token");
  if (token.empty()) token = json_text(answer, "access_token");
  if (token.empty()) return fail(Errc::protocol, "the answer has no token in it");
  if (!is_header_safe(token)) return fail(Errc::protocol, "the token has characters that no token may have");
  return Credential{"Bearer " + std::string(token), asked + lifetime_of(answer, default_lifetime)};
}

}  // namespace

Result<Identity> Authenticator::identity(const Context&) noexcept {
  return fail(Errc::unsupported, "this way to authenticate has no key");
}

Result<Identity> Authenticator::create_identity(const Context&) noexcept {
  return fail(Errc::unsupported, "this way to authenticate has no key to make");
}

Result<Credential> fetch_token(const Context& ctx, Transport& plain, const Request& request,
                               std::chrono::seconds default_lifetime) {
  auto credential = exchange(ctx, plain, request, default_lifetime);
  if (credential) return credential;
  const auto url = Url::parse(request.url);
  return fail(std::move(credential).error().in("token from " + (url ? url->without_query() : "a bad URL")));
}

}  // namespace regtool
