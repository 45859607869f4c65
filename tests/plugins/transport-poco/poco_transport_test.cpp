// What the suites of transports do not ask: several addresses, pools, many threads, and stops before there is an
// answer.

#include "file_source.hpp"
#include "loopback_server.hpp"
#include "poco_client.hpp"
#include "tcp_socket.hpp"
#include "temp_dir.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace regtool {
namespace {

using testing::HasSubstr;

HttpReply echo(const HttpRequest& request) { return {.body = request.target + request.body()}; }

// A server that accepts one connection and keeps silent; then calls `then`.
class SilentServer {
 public:
  template <class Then>
  explicit SilentServer(Then then)
      : thread_([this, then] {
          const auto peer = socket_.accept();
          then();
          peer.wait_until_gone();
        }) {}
  ~SilentServer() {
    socket_.shut_down();
    thread_.join();
  }

  std::string host() const { return "127.0.0.1:" + std::to_string(socket_.local_port()); }

 private:
  static TcpSocket listening() {
    auto socket = TcpSocket::bound(Loopback::ipv4);
    socket.listen();
    return socket;
  }

  TcpSocket socket_ = listening();
  std::thread thread_;
};

TEST(PocoTransport, names_host_port_and_reason_of_a_refused_connection) {
  const ClosedPort closed;
  const auto error = PocoClient().failure(closed.url() + "/?hush");
  EXPECT_EQ(error.message, "connect to " + closed.url().substr(7) + ": connection refused");
}

TEST(PocoTransport, has_the_system_send_a_file) {
  const TempDir folder;
  write_file(folder / "file", std::string(10 << 20, 'x'));
  const FileSource source(folder / "file", {0, 10 << 20});
  LoopbackServer server([](const HttpRequest& request) { return HttpReply{.body = request.body().substr(0, 1)}; });
  PocoClient client;
  const auto response =
      client.transport->send(client.real.context(), {.method = Method::put, .url = server.url(), .body = &source});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(source.reads(), 0U);
}

TEST(PocoTransport, closes_connections_that_were_idle_too_long) {
  LoopbackServer server(echo);
  PocoClient client({.keep_alive = std::chrono::milliseconds(0)});
  for (int i = 0; i < 3; ++i) client.get(server.url() + "/");
  EXPECT_EQ(server.connections(), 3U);
}

TEST(PocoTransport, keeps_no_more_idle_connections_than_it_may) {
  LoopbackServer server(echo);
  PocoClient client({.connections = 1});
  for (int i = 0; i < 2; ++i) {
    const auto one = client.transport->send(client.real.context(), {.url = server.url() + "/one"}).value();
    const auto two = client.transport->send(client.real.context(), {.url = server.url() + "/two"}).value();
    EXPECT_EQ(read_all(*one, 100).value(), "/one");
    EXPECT_EQ(read_all(*two, 100).value(), "/two");
  }
  EXPECT_EQ(server.connections(), 3U);
}

TEST(PocoTransport, gives_each_of_many_threads_its_own_answer) {
  LoopbackServer server(echo);
  PocoClient client;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int id = 0; id < 32; ++id) {
    threads.emplace_back([&, id] {
      for (int i = 0; i < 30; ++i) {
        const auto target = "/" + std::to_string(id) + "/" + std::to_string(i);
        const std::string body(static_cast<std::size_t>(id * 100), 'x');
        const auto answer =
            exchange(*client.transport, client.real.context(), Method::put, server.url() + target, {}, body);
        if (answer.body != target + body) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(server.connections(), 32U * 30U / 2);
}

TEST(PocoTransport, counts_the_body_once_where_the_request_is_sent_twice) {
  Faults closing;
  closing.close_unannounced = true;
  LoopbackServer server([&](const HttpRequest& request) { return echo(request).with(closing); });
  PocoClient client;
  const auto body = memory_source("0123456789");
  for (int i = 0; i < 50; ++i) {
    std::atomic<std::uint64_t> sent = 0;
    const Request request{.method = Method::put, .url = server.url(), .body = body.get(), .sent = &sent};
    const auto response = client.transport->send(client.real.context(), request);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_TRUE(read_all(**response, 100));
    EXPECT_EQ(sent, 10U);
  }
}

TEST(PocoTransport, stops_during_the_handshake_of_tls) {
  PocoClient client;
  SilentServer server([&] { client.real.stop(); });
  EXPECT_EQ(client.failure("https://" + server.host() + "/").code, Errc::cancelled);
}

TEST(PocoTransport, stops_while_it_waits_for_a_proxy) {
  std::function<void()> stop;
  SilentServer proxy([&] { stop(); });
  PocoClient client({.proxy = "http://" + proxy.host()});
  stop = [&] { client.real.stop(); };
  EXPECT_EQ(client.failure("https://a.test/").code, Errc::cancelled);
}

TEST(PocoTransport, gives_up_a_handshake_that_takes_too_long) {
  SilentServer server([] {});
  PocoClient client({.connect_timeout = std::chrono::milliseconds(50)});
  const auto error = client.failure("https://" + server.host() + "/");
  EXPECT_EQ(error.code, Errc::timeout);
  EXPECT_THAT(error.message, HasSubstr("timed out after 50 ms"));
}

TEST(PocoTransport, does_not_begin_where_the_stop_came_first) {
  PocoClient client;
  client.real.stop();
  LoopbackServer server(echo);
  for (const char* url : {"http://nobody.invalid/", "https://127.0.0.1:1/"}) {
    EXPECT_EQ(client.failure(url).code, Errc::cancelled);
  }
  EXPECT_EQ(client.failure(server.url()).code, Errc::cancelled);
  EXPECT_EQ(server.connections(), 0U);
}

}  // namespace
}  // namespace regtool
