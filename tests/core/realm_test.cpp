#include <regtool/auth.hpp>

#include <gtest/gtest.h>

namespace regtool {
namespace {

Challenge challenge(std::string realm, bool trusted) {
  Challenge made;
  made.scheme = "bearer";
  if (!realm.empty()) made.params.emplace("realm", std::move(realm));
  made.origin = "https://registry.test";
  made.realm_trusted = trusted;
  return made;
}

TEST(Realm, is_the_token_endpoint_with_its_own_query) {
  EXPECT_EQ(realm_of(challenge("https://auth.test/token?a=b", false))->text(), "https://auth.test/token?a=b");
}

TEST(Realm, is_a_protocol_error_where_there_is_none_or_it_is_no_url) {
  for (const char* realm : {"", "Registry", "ftp://h/x", "https://user@h/x", "https:///x"}) {
    const auto url = realm_of(challenge(realm, true));
    ASSERT_FALSE(url) << realm;
    EXPECT_EQ(url.error().code, Errc::protocol) << realm;
    EXPECT_NE(url.error().message.find("https://registry.test"), std::string::npos) << url.error().message;
  }
}

TEST(Realm, of_an_https_registry_is_https_unless_the_config_trusts_it) {
  EXPECT_EQ(realm_of(challenge("http://auth.test/token", false)).error().code, Errc::protocol);
  EXPECT_TRUE(realm_of(challenge("http://auth.test/token", true)));
}

TEST(TrustedRealm, refuses_another_origin_and_says_how_to_trust_it) {
  const auto url = trusted_realm_of(challenge("https://auth.test/token?secret=1", false));
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().code, Errc::unauthenticated);
  EXPECT_EQ(
      url.error().message,
      "https://registry.test sends us to https://auth.test to prove who we are, which is not trusted with that: if "
      "it is right, add \"https://auth.test\" to this registry's \"trusted-realms\" in the config");
  EXPECT_TRUE(trusted_realm_of(challenge("https://auth.test/token", true)));
}

TEST(TokenQuery, has_the_service_and_each_scope) {
  auto asked = challenge("https://auth.test/token", true);
  asked.params.emplace("service", "registry");
  asked.params.emplace("scope", "repository:a/b:pull,push  repository:c:pull ");
  const QueryPairs expected{
      {"service", "registry"}, {"scope", "repository:a/b:pull,push"}, {"scope", "repository:c:pull"}};
  EXPECT_EQ(token_query(asked), expected);
  EXPECT_EQ(token_query(challenge("https://auth.test/token", true)), QueryPairs());
}

}  // namespace
}  // namespace regtool
