#include <regtool/auth.hpp>

#include "base/printable.hpp"

#include <algorithm>

namespace regtool {

Result<Url> realm_of(const Challenge& challenge) {
  const auto realm = challenge.param("realm");
  const auto doing = [&] { return "challenge of " + challenge.origin; };
  if (realm.empty()) return fail(Errc::protocol, doing() + ": it has no realm to get a token from");
  auto url = Url::parse(realm);
  if (!url) return fail(Errc::protocol, doing() + ": its realm is no " + printable(url.error().message));
  if (!url->is_https() && challenge.origin.starts_with("https:") && !challenge.realm_trusted) {
    return fail(Errc::protocol, doing() + ": its realm is " + url->origin() + ", which is not encrypted");
  }
  return url;
}

Result<Url> trusted_realm_of(const Challenge& challenge) {
  auto url = realm_of(challenge);
  if (!url || challenge.realm_trusted) return url;
  return fail(Errc::unauthenticated,
              challenge.origin + " sends us to " + url->origin() +
                  " to prove who we are, which is not trusted with that: if it is right, add \"" + url->origin() +
                  "\" to this registry's \"trusted-realms\" in the config");
}

QueryPairs token_query(const Challenge& challenge) {
  QueryPairs pairs;
  if (const auto service = challenge.param("service"); !service.empty()) pairs.emplace_back("service", service);
  auto scopes = challenge.param("scope");
  while (!scopes.empty()) {
    const auto scope = scopes.substr(0, scopes.find(' '));
    if (!scope.empty()) pairs.emplace_back("scope", scope);
    scopes.remove_prefix(std::min(scope.size() + 1, scopes.size()));
  }
  return pairs;
}

}  // namespace regtool
