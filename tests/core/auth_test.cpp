#include <regtool/auth.hpp>

#include "fake_context.hpp"
#include "memory_transport.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

using namespace std::chrono_literals;

class FetchToken : public testing::Test {
 protected:
  Result<Credential> from(HttpReply reply) {
    MemoryTransport transport;
    transport.serve("https://auth.test", [&](const HttpRequest&) { return reply; });
    return fetch_token(fake_.context(), transport, {Method::get, "https://auth.test/token?service=s&signature=x", {}},
                       60s);
  }

  FakeContext fake_;
};

TEST_F(FetchToken, makes_a_bearer_credential_of_token) {
  const auto credential = from({200, {}, R"({"token":"abc.def"})"});
  ASSERT_TRUE(credential) << credential.error().message;
  EXPECT_EQ(credential->authorization, "Bearer abc.def");
}

TEST_F(FetchToken, takes_access_token_as_well_and_prefers_token) {
  EXPECT_EQ(from({200, {}, R"({"access_token":"abc"})"})->authorization, "Bearer abc");
  EXPECT_EQ(from({200, {}, R"({"access_token":"abc","token":"def"})"})->authorization, "Bearer def");
}

TEST_F(FetchToken, expires_when_the_endpoint_says_and_else_after_the_default) {
  const auto now = fake_.clock.now();
  EXPECT_EQ(from({200, {}, R"({"token":"t","expires_in":300})"})->expires, now + 300s);
  EXPECT_EQ(from({200, {}, R"({"token":"t"})"})->expires, now + 60s);
  EXPECT_EQ(from({200, {}, R"({"token":"t","expires_in":"soon"})"})->expires, now + 60s);
  EXPECT_EQ(from({200, {}, R"({"token":"t","expires_in":-1})"})->expires, now + 60s);
  EXPECT_EQ(from({200, {}, R"({"token":"t","expires_in":1e300})"})->expires, now + 8760h);
}

TEST_F(FetchToken, an_answer_without_a_usable_token_is_a_protocol_error) {
  for (const char* body : {"{}", "null", "[]", R"({"token":""})", R"({"token":7})", R"({"token":"a\r\nX: y"})",
                           R"({"token":"a b"})", "<html>log in</html>"}) {
    const auto credential = from({200, {}, body});
    ASSERT_FALSE(credential) << body;
    EXPECT_EQ(credential.error().code, Errc::protocol) << body;
    EXPECT_TRUE(credential.error().message.starts_with("token from https://auth.test/token: "));
  }
}

TEST_F(FetchToken, an_answer_that_was_cut_short_may_come_whole_next_time) {
  for (const char* body : {"", " \n", "{", R"({"token":"t",)"}) {
    const auto credential = from({200, {}, body});
    ASSERT_FALSE(credential) << body;
    EXPECT_EQ(credential.error().code, Errc::unavailable) << body;
  }
}

TEST_F(FetchToken, an_answer_of_more_than_1_MiB_is_a_protocol_error) {
  const auto padding = std::string(1 << 20, ' ');
  EXPECT_EQ(from({200, {}, padding + R"({"token":"t"})"}).error().code, Errc::protocol);
}

TEST_F(FetchToken, a_refusal_has_the_endpoints_own_words_and_not_the_query) {
  const auto refused = from({401, {}, R"({"error":"unknown key"})"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unauthenticated);
  EXPECT_EQ(refused.error().message,
            "token from https://auth.test/token: the server answered 401: unknown key; check the user and password in "
            "the config, or register the key that `regtool key show` prints");
  EXPECT_EQ(from({403, {}, ""}).error().code, Errc::forbidden);
  EXPECT_EQ(from({503, {{"Retry-After", "3"}}, ""}).error().retry_after, 3s);
}

TEST_F(FetchToken, an_endpoint_that_is_not_there_does_not_read_as_an_absent_model) {
  EXPECT_EQ(from({404, {}, ""}).error().code, Errc::protocol);
}

TEST_F(FetchToken, an_endpoint_that_is_silent_for_ever_is_a_timeout) {
  EXPECT_EQ(from(HttpReply{200, {}, "{}"}.with(stall_at(Moment::before_head()))).error().code, Errc::timeout);
}

TEST(Authenticator, has_no_identity_unless_it_says_so) {
  struct Mute : Authenticator {
    Result<Credential> answer(const Context&, const Challenge&, Transport&) noexcept override { return Credential{}; }
  } authenticator;
  FakeContext fake;
  EXPECT_EQ(authenticator.identity(fake.context()).error().code, Errc::unsupported);
  EXPECT_EQ(authenticator.create_identity(fake.context()).error().code, Errc::unsupported);
}

}  // namespace
}  // namespace regtool
