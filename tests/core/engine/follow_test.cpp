#include "engine/follow.hpp"

#include "fake_context.hpp"
#include "memory_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

HttpReply redirect(int status, const std::string& location) {
  return {.status = status, .headers = {{"Location", location}}};
}

struct Web {
  FakeContext fake;
  MemoryTransport transport;

  Result<Reached> get(const std::string& url, unsigned max_redirects = 10) {
    return follow(fake.context(), transport, {Method::get, url, {{"Authorization", "secret"}, {"Range", "bytes=0-1"}}},
                  max_redirects);
  }
};

TEST(Follow, goes_where_each_kind_of_redirect_points) {
  for (const int status : {301, 302, 303, 307, 308}) {
    Web web;
    web.transport.serve("https://a.test", [&](const auto&) { return redirect(status, "https://b.test/x?sig=%2f"); });
    web.transport.serve("https://b.test", [&](const auto& request) { return HttpReply{.body = request.target}; });

    const auto reached = web.get("https://a.test/");

    ASSERT_TRUE(reached) << status;
    EXPECT_EQ(reached->url, "https://b.test/x?sig=%2f");
    EXPECT_EQ(*read_all(*reached->response, 100), "/x?sig=%2f");
  }
}

TEST(Follow, leaves_an_authorization_behind_when_the_origin_changes) {
  Web web;
  Headers seen;
  web.transport.serve("https://a.test", [&](const auto&) { return redirect(307, "https://b.test/"); });
  web.transport.serve("https://b.test", [&](const auto& request) {
    seen = request.headers;
    return HttpReply{};
  });

  ASSERT_TRUE(web.get("https://a.test/"));

  EXPECT_FALSE(seen.get("Authorization"));
  EXPECT_EQ(seen.get("Range"), "bytes=0-1");
}

TEST(Follow, gives_up_on_a_loop) {
  Web web;
  int requests = 0;
  web.transport.serve("https://a.test", [&](const auto&) { return ++requests, redirect(302, "/again?token=secret"); });

  const auto reached = web.get("https://a.test/", 3);

  ASSERT_FALSE(reached);
  EXPECT_EQ(reached.error().code, Errc::protocol);
  EXPECT_THAT(reached.error().message, HasSubstr("more than 3 redirects"));
  EXPECT_THAT(reached.error().message, Not(HasSubstr("secret")));
  EXPECT_EQ(requests, 4);
}

TEST(Follow, never_leaves_https_for_plain_http) {
  Web web;
  web.transport.serve("https://a.test", [&](const auto&) { return redirect(302, "http://a.test/"); });
  EXPECT_EQ(web.get("https://a.test/").error().code, Errc::protocol);
}

TEST(Follow, refuses_a_redirect_that_leads_nowhere) {
  Web web;
  web.transport.serve("https://a.test", [&](const auto&) { return HttpReply{.status = 302}; });
  web.transport.serve("https://b.test", [&](const auto&) { return redirect(302, "ftp://x/"); });
  EXPECT_EQ(web.get("https://a.test/").error().code, Errc::protocol);
  EXPECT_EQ(web.get("https://b.test/").error().code, Errc::protocol);
}

}  // namespace
}  // namespace regtool
