#include "auth-basic/basic_authenticator.hpp"

#include "fake_context.hpp"
#include "memory_transport.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

class BasicAuthenticatorTest : public testing::Test {
 protected:
  Result<Credential> answer(std::string scheme, std::optional<Login> login) {
    Challenge challenge;
    challenge.scheme = std::move(scheme);
    challenge.origin = "https://registry.test";
    return make_basic_authenticator(std::move(login))->answer(fake_.context(), challenge, nothing_to_send_);
  }

  FakeContext fake_;
  MemoryTransport nothing_to_send_;
};

TEST_F(BasicAuthenticatorTest, answers_with_user_and_password) {
  const auto credential = answer("basic", Login{"Aladdin", "open sesame"});
  ASSERT_TRUE(credential) << credential.error().message;
  EXPECT_EQ(credential->authorization, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");  // RFC 7617
  EXPECT_EQ(credential->expires, std::chrono::steady_clock::time_point::max());
}

TEST_F(BasicAuthenticatorTest, says_what_to_set_where_there_is_no_user) {
  const auto credential = answer("basic", std::nullopt);
  ASSERT_FALSE(credential);
  EXPECT_EQ(credential.error().code, Errc::unauthenticated);
  EXPECT_NE(credential.error().message.find("$REGTOOL_USER"), std::string::npos);
}

TEST_F(BasicAuthenticatorTest, leaves_other_schemes_to_others_and_names_the_plugin_for_tokens) {
  const auto bearer = answer("bearer", Login{"me", "hunter2"});
  ASSERT_FALSE(bearer);
  EXPECT_EQ(bearer.error().code, Errc::unsupported);
  EXPECT_NE(bearer.error().message.find(R"({"plugin": "token"})"), std::string::npos);
  EXPECT_EQ(answer("digest", Login{"me", "hunter2"}).error().code, Errc::unsupported);
}

}  // namespace
}  // namespace regtool
