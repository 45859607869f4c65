#include "engine/retrying_transport.hpp"

#include "fake_context.hpp"
#include "memory_transport.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

class Retrying : public testing::Test {
 protected:
  Retrying() {
    inner_.serve("https://a.test", [this](const HttpRequest& request) {
      seen_ += request.body();
      return answers_.size() > 1 ? std::exchange(answers_, {answers_.begin() + 1, answers_.end()}).front()
                                 : answers_.front();
    });
  }

  Result<std::unique_ptr<Response>> send(const Source* body = nullptr) {
    return RetryingTransport(inner_, settings_).send(ctx_, {Method::put, "https://a.test/", {}, body});
  }

  FakeContext fake_;
  const Context ctx_ = fake_.context();
  TransferSettings settings_;
  MemoryTransport inner_;
  std::vector<HttpReply> answers_;
  std::string seen_;
};

TEST_F(Retrying, sends_a_request_again_with_its_body_while_the_failure_may_pass) {
  answers_ = {{.status = 503}, HttpReply{}.with(cut_at(Moment::before_head())), {.status = 429}, {.status = 201}};
  const auto body = memory_source("abc");
  const auto response = send(body.get());
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ((*response)->status(), 201);
  EXPECT_EQ(seen_, "abcabcabcabc");
}

TEST_F(Retrying, waits_as_long_as_the_server_asks) {
  answers_ = {{.status = 503, .headers = {{"Retry-After", "7"}}}, {.status = 200}};
  const auto before = fake_.clock.now();
  ASSERT_TRUE(send());
  EXPECT_EQ(fake_.clock.now() - before, std::chrono::seconds(7));
}

TEST_F(Retrying, passes_on_what_will_not_pass) {
  for (const int status : {200, 206, 301, 400, 403, 404, 409, 412, 501}) {
    answers_ = {{.status = status}, {.status = 299}};
    EXPECT_EQ(send().value()->status(), status);
  }
}

TEST_F(Retrying, gives_up_with_the_status) {
  answers_ = {{.status = 503, .headers = {{"Content-Type", "text/plain"}}, .body = "slow down"}};
  const auto response = send();
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::unavailable);
  EXPECT_NE(response.error().message.find("503"), std::string::npos);
  EXPECT_NE(response.error().message.find("slow down"), std::string::npos);
}

}  // namespace
}  // namespace regtool
