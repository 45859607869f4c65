// What only a transport with sockets can get wrong.

#include "transport_suite.hpp"

#include <array>
#include <atomic>
#include <gmock/gmock.h>
#include <optional>
#include <system_error>

namespace regtool {
namespace {

HttpReply echo(const HttpRequest& request) { return {.body = request.target + request.body()}; }

LoopbackServer serving(HttpReply reply) {
  return LoopbackServer([reply](const HttpRequest&) { return reply; });
}

Faults interim(std::vector<int> statuses) {
  Faults faults;
  faults.interim = std::move(statuses);
  return faults;
}

TEST_P(HttpTransportSuite, uses_a_connection_again_once_the_body_was_read) {
  LoopbackServer server(echo);
  for (const auto method : {Method::get, Method::put, Method::get, Method::post, Method::head, Method::get}) {
    exchange(transport(), context(), method, server.url() + "/");
  }
  EXPECT_EQ(server.connections(), 1U);
}

TEST_P(HttpTransportSuite, uses_a_connection_again_after_a_chunked_body) {
  auto server = serving(HttpReply{.body = "words"}.with(framed(Framing::chunked)));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get(server.url()).body, "words");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_P(HttpTransportSuite, gives_up_a_connection_whose_body_was_not_read) {
  LoopbackServer server([](const HttpRequest&) { return HttpReply{.body = std::string(1 << 20, 'x')}; });
  for (int i = 0; i < 3; ++i) {
    const auto response = transport().send(context(), {.url = server.url()});
    ASSERT_TRUE(response);
    std::array<std::byte, 100> some;
    EXPECT_TRUE((*response)->read(some));
  }
  EXPECT_EQ(server.connections(), 3U);
}

TEST_P(HttpTransportSuite, leaves_a_connection_that_the_server_wants_closed) {
  Faults closing;
  closing.close = true;
  auto server = serving(HttpReply{.body = "words"}.with(closing));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get(server.url()).body, "words");
  EXPECT_EQ(server.connections(), 3U);
}

TEST_P(HttpTransportSuite, opens_another_connection_where_the_server_ended_an_idle_one) {
  LoopbackServer server(echo);
  for (const auto method : {Method::get, Method::head, Method::put, Method::del}) {
    EXPECT_EQ(exchange(transport(), context(), method, server.url() + "/").status, 200);
    server.end_connections();
  }
}

TEST_P(HttpTransportSuite, survives_a_server_that_ends_connections_just_as_they_are_used_again) {
  Faults closing;
  closing.close_unannounced = true;
  auto server = serving(HttpReply{.body = "words"}.with(closing));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(get(server.url()).body, "words") << i;
}

TEST_P(HttpTransportSuite, skips_interim_answers) {
  auto server = serving(HttpReply{.status = 201, .body = "words"}.with(interim({100, 102, 103})));
  for (int i = 0; i < 2; ++i) {
    const auto answer = exchange(transport(), context(), Method::put, server.url(), {}, "body");
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer.body, "words");
  }
}

TEST_P(HttpTransportSuite, does_not_listen_to_interim_answers_for_ever) {
  auto server = serving(HttpReply{}.with(interim(std::vector<int>(100'000, 103))));
  const auto error = failure(server.url() + "/");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Errc::protocol);
}

TEST_P(HttpTransportSuite, takes_a_body_that_ends_with_its_connection_for_whole) {
  auto server = serving(HttpReply{.body = "0123456789"}.with(framed(Framing::until_close)));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(get(server.url()).body, "0123456789");
  EXPECT_EQ(server.connections(), 2U);
}

TEST_P(HttpTransportSuite, reads_no_further_than_the_length_that_was_told) {
  auto server = serving(HttpReply{.body = "0123456789"}.with(declaring(4)));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get(server.url()).body, "0123");
}

TEST_P(HttpTransportSuite, waits_between_bytes_not_for_the_whole) {
  const auto impatience = std::chrono::seconds(1);
  const auto hasty = GetParam()(impatience);
  auto server = serving(HttpReply{.body = std::string(30, 'x')}.with(trickle(std::chrono::milliseconds(50))));
  EXPECT_EQ(exchange(*hasty, context(), Method::get, server.url()).body.size(), 30U);
}

struct BadHead {
  const char* what;
  std::string bytes;
};

TEST_P(HttpTransportSuite, refuses_an_answer_that_breaks_the_rules) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const BadHead heads[] = {
      {"a huge field", ok + "X: " + std::string(4 << 20, 'x') + "\r\n\r\n"},
      {"a huge name", ok + std::string(4 << 20, 'x') + ": x\r\n\r\n"},
      {"a huge status line", "HTTP/1.1 200 " + std::string(4 << 20, 'x') + "\r\n\r\n"},
      {"a length that is no number", ok + "Content-Length: ten\r\n\r\n0123456789"},
      {"a negative length", ok + "Content-Length: -10\r\n\r\n0123456789"},
      {"a length past 64 bits", ok + "Content-Length: 99999999999999999999999\r\n\r\n0123456789"},
      {"two lengths that differ", ok + "Content-Length: 10\r\nContent-Length: 4\r\n\r\n0123456789"},
      {"a chunk size that is no number", ok + "Transfer-Encoding: chunked\r\n\r\nten\r\n0123456789\r\n0\r\n\r\n"},
      {"a chunk size past 64 bits",
       ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffffffff\r\n01234\r\n0\r\n\r\n"},
      {"a chunk without its end", ok + "Transfer-Encoding: chunked\r\n\r\n4\r\n0123456789\r\n0\r\n\r\n"},
      {"a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"},
      {"a field without a colon", ok + "nonsense\r\n\r\n"},
  };
  for (const auto& [what, bytes] : heads) {
    auto server = serving(HttpReply{}.with(raw_bytes(bytes)));
    const auto error = failure(server.url() + "/");
    ASSERT_TRUE(error) << what;
    EXPECT_EQ(error->code, Errc::protocol) << what << ": " << error->message;
    EXPECT_THAT(error->message, testing::Not(testing::HasSubstr("hush")));
  }
}

TEST_P(HttpTransportSuite, refuses_headers_without_end) {
  HttpReply reply;
  for (int i = 0; i < 100'000; ++i) reply.headers.add("X-" + std::to_string(i), "value");
  auto server = serving(reply);
  const auto error = failure(server.url() + "/");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Errc::protocol) << error->message;
}

TEST_P(HttpTransportSuite, takes_headers_as_long_as_real_services_send_them) {
  HttpReply reply{.headers = {{"Location", "https://cdn.test/?signature=" + std::string(7000, 'x')}}};
  for (int i = 0; i < 60; ++i) reply.headers.add("X-Field-" + std::to_string(i), std::string(100, 'y'));
  auto server = serving(reply);
  EXPECT_EQ(get(server.url()).header("Location").size(), 7028U);
}

TEST_P(HttpTransportSuite, takes_an_answer_of_http_1_0) {
  auto server = serving(HttpReply{}.with(raw_bytes("HTTP/1.0 200 OK\r\nX: y\r\n\r\nwords")));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(get(server.url()).body, "words");
}

TEST_P(HttpTransportSuite, takes_an_answer_without_a_reason) {
  auto server = serving(HttpReply{}.with(raw_bytes("HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nwords")));
  EXPECT_EQ(get(server.url()).body, "words");
}

TEST_P(HttpTransportSuite, reaches_ipv6_addresses) {
  std::optional<LoopbackServer> server;
  try {
    server.emplace(echo, Loopback::ipv6);
  } catch (const std::system_error& error) {
    GTEST_SKIP() << "no IPv6 here: " << error.what();
  }
  EXPECT_EQ(get(server->url() + "/six").body, "/six");
}

TEST_P(HttpTransportSuite, tries_every_address_of_a_host) {
  // "localhost" has ::1 as well on most machines; the server listens on one of them alone.
  LoopbackServer server(echo);
  const auto port = server.url().substr(server.url().rfind(':'));
  EXPECT_EQ(get("http://localhost" + port + "/x").body, "/x");
}

}  // namespace
}  // namespace regtool
