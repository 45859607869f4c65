#include "auth-token/token_authenticator.hpp"

#include "fake_context.hpp"
#include "memory_transport.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

using namespace std::chrono_literals;

class TokenAuthenticatorTest : public testing::Test {
 protected:
  TokenAuthenticatorTest() {
    challenge_.scheme = "bearer";
    challenge_.origin = "https://registry.test";
    challenge_.realm_trusted = true;
    challenge_.params = {{"realm", "https://auth.test/token"},
                         {"service", "registry.test"},
                         {"scope", "repository:a/b:pull,push repository:c:pull"}};
    transport_.serve("https://auth.test", [this](const HttpRequest& request) {
      asked_.push_back(request);
      return reply_;
    });
  }

  Result<Credential> answer(std::optional<Login> login) {
    return make_token_authenticator(std::move(login))->answer(fake_.context(), challenge_, transport_);
  }

  FakeContext fake_;
  Challenge challenge_;
  HttpReply reply_{200, {}, R"({"token":"t0k3n","expires_in":120})"};
  std::vector<HttpRequest> asked_;

 private:
  MemoryTransport transport_;
};

const Login me{"me", "hunter2"};

TEST_F(TokenAuthenticatorTest, asks_the_realm_for_the_service_and_every_scope) {
  const auto credential = answer(std::nullopt);
  ASSERT_TRUE(credential) << credential.error().message;
  EXPECT_EQ(credential->authorization, "Bearer t0k3n");
  EXPECT_EQ(credential->expires, fake_.clock.now() + 120s);
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_[0].method, "GET");
  EXPECT_EQ(asked_[0].target,
            "/token?service=registry.test&scope=repository%3Aa%2Fb%3Apull%2Cpush&scope=repository%3Ac%3Apull");
}

TEST_F(TokenAuthenticatorTest, keeps_the_realms_own_query) {
  challenge_.params["realm"] = "https://auth.test/token?account=x";
  ASSERT_TRUE(answer(std::nullopt));
  EXPECT_EQ(asked_[0].query_value("account"), "x");
  EXPECT_EQ(asked_[0].query_value("service"), "registry.test");
}

TEST_F(TokenAuthenticatorTest, sends_user_and_password_to_a_trusted_realm) {
  ASSERT_TRUE(answer(me));
  EXPECT_EQ(asked_[0].header("Authorization"), "Basic bWU6aHVudGVyMg==");
}

TEST_F(TokenAuthenticatorTest, sends_nothing_to_a_realm_that_is_not_trusted) {
  challenge_.realm_trusted = false;
  const auto credential = answer(me);
  ASSERT_FALSE(credential);
  EXPECT_EQ(credential.error().code, Errc::unauthenticated);
  EXPECT_NE(credential.error().message.find("trusted-realms"), std::string::npos);
  EXPECT_TRUE(asked_.empty());
}

TEST_F(TokenAuthenticatorTest, asks_any_realm_anonymously) {
  challenge_.realm_trusted = false;
  ASSERT_TRUE(answer(std::nullopt));
  EXPECT_EQ(asked_[0].header("Authorization"), "");
}

TEST_F(TokenAuthenticatorTest, a_wrong_password_is_the_endpoints_own_words_and_never_the_password) {
  reply_ = {401, {}, R"({"details":"incorrect username or password"})"};
  const auto credential = answer(me);
  ASSERT_FALSE(credential);
  EXPECT_EQ(credential.error().code, Errc::unauthenticated);
  EXPECT_EQ(credential.error().message,
            "token from https://auth.test/token: the server answered 401: incorrect username or password; check the "
            "user and password in the config, or register the key that `regtool key show` prints");
}

TEST_F(TokenAuthenticatorTest, says_what_to_set_where_anonymous_is_not_enough) {
  reply_ = {401, {}, ""};
  EXPECT_NE(answer(std::nullopt).error().message.find("$REGTOOL_USER"), std::string::npos);
}

TEST_F(TokenAuthenticatorTest, a_challenge_without_realm_is_a_protocol_error) {
  challenge_.params.erase("realm");
  EXPECT_EQ(answer(std::nullopt).error().code, Errc::protocol);
  EXPECT_EQ(answer(me).error().code, Errc::protocol);
}

TEST_F(TokenAuthenticatorTest, leaves_other_schemes_to_others_and_names_the_plugin_for_basic) {
  challenge_.scheme = "basic";
  const auto basic = answer(me);
  ASSERT_FALSE(basic);
  EXPECT_EQ(basic.error().code, Errc::unsupported);
  EXPECT_NE(basic.error().message.find(R"({"plugin": "basic"})"), std::string::npos);
  challenge_.scheme = "negotiate";
  EXPECT_EQ(answer(me).error().code, Errc::unsupported);
  EXPECT_TRUE(asked_.empty());
}

}  // namespace
}  // namespace regtool
