// Through proxies: a real one, and ones that misbehave.

#include "loopback_server.hpp"
#include "nginx.hpp"
#include "poco_client.hpp"
#include "private_ca.hpp"
#include "tcp_socket.hpp"
#include "temp_dir.hpp"
#include "tinyproxy.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

namespace regtool {
namespace {

using lab::Tinyproxy;
using testing::HasSubstr;

HttpReply echo(const HttpRequest& request) { return {.body = request.target + request.body()}; }

// "http://user:password@127.0.0.1:port".
std::string with_user(const Tinyproxy& proxy, const std::string& user) { return "http://" + user + "@" + proxy.host(); }

TEST(Tunnel, carries_plain_http) {
  const Tinyproxy proxy;
  LoopbackServer server(echo);
  PocoClient client({.proxy = proxy.url()});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.get(server.url() + "/a?b=%2f").body, "/a?b=%2f");
  EXPECT_THAT(proxy.log(), HasSubstr("/a?b=%2f"));
}

TEST(Tunnel, carries_https) {
  const TempDir folder;
  const lab::PrivateCa ca(folder.path());
  const lab::Nginx server({"location / { return 200 words; }", ca.issue("server")});
  const Tinyproxy proxy("user", "pass");
  PocoClient client({.tls = {.ca = ca.certificate()}, .proxy = with_user(proxy, "user:pass")});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.get(server.url() + "/").body, "words");
  EXPECT_THAT(proxy.log(), HasSubstr("CONNECT " + server.host()));
}

TEST(Tunnel, sends_the_proxy_its_credentials) {
  const Tinyproxy proxy("user", "pass");
  LoopbackServer server(echo);
  EXPECT_EQ(PocoClient({.proxy = with_user(proxy, "user:pass")}).get(server.url() + "/x").body, "/x");
  EXPECT_EQ(PocoClient({.proxy = proxy.url()}).get(server.url() + "/x").status, 407);
}

TEST(Tunnel, is_refused_to_those_whom_the_proxy_does_not_know) {
  const Tinyproxy proxy("user", "pass");
  const auto error = PocoClient({.proxy = with_user(proxy, "user:hush")}).failure("https://127.0.0.1:1/?hush");
  EXPECT_EQ(error.code, Errc::forbidden);
  EXPECT_THAT(error.message, HasSubstr("through the proxy " + proxy.host()));
  EXPECT_THAT(error.message, testing::Not(HasSubstr("hush")));
}

TEST(Tunnel, tells_a_server_that_cannot_be_reached_from_a_proxy_that_cannot) {
  const Tinyproxy proxy;
  const ClosedPort closed;
  const auto behind = PocoClient({.proxy = proxy.url()}).failure("https" + closed.url().substr(4) + "/");
  EXPECT_EQ(behind.code, Errc::unavailable);
  EXPECT_THAT(behind.message, HasSubstr("the proxy cannot reach it"));
  const auto before = PocoClient({.proxy = closed.url()}).failure("https://a.test/");
  EXPECT_EQ(before.code, Errc::unavailable);
  EXPECT_EQ(before.message, "connect to the proxy " + closed.url().substr(7) + ": connection refused");
}

TEST(Tunnel, ends_where_the_proxy_puts_bytes_of_its_own_into_it) {
  auto listener = TcpSocket::bound(Loopback::ipv4);
  listener.listen();
  std::thread proxy([&] {
    const auto peer = listener.accept();
    std::array<char, 1000> request;
    peer.read(request);
    peer.write("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
    peer.wait_until_gone();
  });
  const auto url = loopback_url(Loopback::ipv4, listener.local_port());
  EXPECT_EQ(PocoClient({.proxy = url}).failure("https://a.test/").code, Errc::protocol);
  proxy.join();
}

}  // namespace
}  // namespace regtool
