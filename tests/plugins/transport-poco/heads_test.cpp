// The text of requests and answers: nothing here needs a socket.

#include "transport-poco/exchange.hpp"
#include "transport-poco/request_head.hpp"
#include "transport-poco/response_head.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string head_of(const Request& request, const Proxy* proxy = nullptr) {
  return request_head(request, Url::parse(request.url).value(), proxy).value();
}

TEST(RequestHead, carries_the_target_byte_for_byte) {
  EXPECT_THAT(head_of({.url = "https://a.test/x%2fY/../z//?s=%7e+a&t=%C3#fragment"}),
              StartsWith("GET /x%2fY/../z//?s=%7e+a&t=%C3 HTTP/1.1\r\nHost: a.test\r\n"));
  EXPECT_THAT(head_of({.url = "http://a.test:5000"}), StartsWith("GET / HTTP/1.1\r\nHost: a.test:5000\r\n"));
  EXPECT_THAT(head_of({.url = "http://[::1]:80/"}), StartsWith("GET / HTTP/1.1\r\nHost: [::1]\r\n"));
}

TEST(RequestHead, is_in_absolute_form_for_a_proxy_and_authorises_us_there) {
  const Proxy proxy{"p", 1, "Basic eA=="};
  const auto head = head_of({.url = "http://a.test:5000/x?y"}, &proxy);
  EXPECT_THAT(head, StartsWith("GET http://a.test:5000/x?y HTTP/1.1\r\nHost: a.test:5000\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nProxy-Authorization: Basic eA==\r\n"));
}

TEST(RequestHead, names_us_unless_the_caller_does) {
  EXPECT_THAT(head_of({.url = "http://a.test"}), HasSubstr("\r\nUser-Agent: regtool/"));
  const auto named = head_of({.url = "http://a.test", .headers = {{"user-agent", "me"}, {"host", "b.test"}}});
  EXPECT_THAT(named, HasSubstr("\r\nuser-agent: me\r\n"));
  EXPECT_THAT(named, HasSubstr("\r\nhost: b.test\r\n"));
  EXPECT_THAT(named, Not(HasSubstr("regtool")));
  EXPECT_THAT(named, Not(HasSubstr("a.test")));
}

TEST(RequestHead, tells_the_length_of_what_is_sent) {
  const auto body = memory_source("0123456789");
  const auto head_with = [&](Method method, const Source* source, Range range = {}) {
    return head_of({.method = method,
                    .url = "http://a.test",
                    .headers = {{"Content-Length", "99"}},
                    .body = source,
                    .body_range = range});
  };
  EXPECT_THAT(head_with(Method::put, body.get()), HasSubstr("\r\nContent-Length: 10\r\n"));
  EXPECT_THAT(head_with(Method::put, body.get(), {2, 3}), HasSubstr("\r\nContent-Length: 3\r\n"));
  EXPECT_THAT(head_with(Method::post, nullptr), HasSubstr("\r\nContent-Length: 0\r\n"));
  EXPECT_THAT(head_with(Method::get, nullptr), Not(HasSubstr("Content-Length")));
}

TEST(RequestHead, refuses_fields_that_would_break_out_of_their_line) {
  const std::vector<Headers::Field> bad = {{"X", "a\r\nY: b"},    {"X", "a\nb"}, {"X", std::string("a\0b", 3)},
                                           {"X: a\r\nY", "hush"}, {"", "a"},     {"X Y", "a"}};
  for (const auto& field : bad) {
    const Request request{.url = "http://a.test", .headers = {field}};
    const auto head = request_head(request, Url::parse(request.url).value(), nullptr);
    ASSERT_FALSE(head) << field.first;
    EXPECT_EQ(head.error().code, Errc::invalid_argument);
    EXPECT_THAT(head.error().message, Not(HasSubstr("\n")));
  }
}

TEST(ResponseHead, keeps_the_bytes_of_its_fields) {
  const auto head =
      parse_response_head("HTTP/1.1 307 Moved\r\nLocation:  https://b.test/?a==?utf-8?Q?=41?= \r\nX:a\n b\r\nX: \r\n");
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->status, 307);
  EXPECT_EQ(head->headers.get("location"), "https://b.test/?a==?utf-8?Q?=41?=");
  EXPECT_THAT(head->headers.all("x"), testing::ElementsAre("a b", ""));
}

TEST(ResponseHead, knows_whether_the_connection_stays) {
  const std::pair<const char*, bool> cases[] = {
      {"HTTP/1.1 200 OK\n", true},
      {"HTTP/1.1 200 OK\nConnection: close\n", false},
      {"HTTP/1.1 200 OK\nConnection: upgrade, CLOSE\n", false},
      {"HTTP/1.0 200 OK\n", false},
      {"HTTP/1.0 200 OK\nConnection: Keep-Alive\n", true},
  };
  for (const auto& [text, persistent] : cases) {
    EXPECT_EQ(parse_response_head(text).value().persistent, persistent) << text;
  }
}

TEST(ResponseHead, refuses_what_is_not_http) {
  for (const char* bad : {"", "HTTP/2 200\n", "HTTP/1.1\n", "HTTP/1.1 20\n", "HTTP/1.1 099 x\n", "HTTP/1.1 2x0 OK\n",
                          "HTTP/1.1 2000 OK\n", "HTTP/1.1 200 OK\n folded\n", "HTTP/1.1 200 OK\n: x\n",
                          "HTTP/1.1 200 OK\nnonsense\n", "SSH-2.0-OpenSSH_9.2\n"}) {
    const auto head = parse_response_head(bad);
    ASSERT_FALSE(head) << bad;
    EXPECT_EQ(head.error().code, Errc::protocol);
  }
}

TEST(Exchange, is_repeated_only_where_that_is_safe) {
  struct Case {
    FailedExchange failed;
    bool repeat;
  };
  const Case cases[] = {
      {{Method::get, Errc::unavailable, true, 100, 0}, true},
      {{Method::put, Errc::unavailable, true, 100, 0}, true},
      {{Method::post, Errc::unavailable, true, 100, 0}, false},
      {{Method::patch, Errc::unavailable, true, 1, 0}, false},
      {{Method::post, Errc::unavailable, true, 0, 0}, true},
      {{Method::get, Errc::unavailable, false, 100, 0}, false},
      {{Method::get, Errc::unavailable, true, 100, 1}, false},
      {{Method::get, Errc::timeout, true, 100, 0}, false},
      {{Method::get, Errc::cancelled, true, 100, 0}, false},
      {{Method::get, Errc::io, true, 100, 0}, false},
  };
  for (const auto& [failed, repeat] : cases) {
    EXPECT_EQ(may_repeat(failed), repeat)
        << to_string(failed.method) << " error " << static_cast<int>(failed.error) << " reused " << failed.reused
        << " sent " << failed.sent << " received " << failed.received;
  }
}

}  // namespace
}  // namespace regtool
