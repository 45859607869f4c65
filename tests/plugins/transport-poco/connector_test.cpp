#include "transport-poco/connector.hpp"

#include "fake_context.hpp"
#include "loopback_server.hpp"

#include <Poco/Net/ServerSocket.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace regtool {
namespace {

using Poco::Net::SocketAddress;
using Poco::Net::StreamSocket;

constexpr std::chrono::seconds patience{60};

SocketAddress address_of(const std::string& url) { return SocketAddress(url.substr(url.find("//") + 2)); }

// An address at which connecting takes for ever: nobody accepts, and the queue is full.
class SilentAddress {
 public:
  SilentAddress() {
    for (int i = 0; i < 8; ++i) {
      StreamSocket socket(SocketAddress::IPv4);
      socket.setBlocking(false);
      socket.connectNB(address());
      queue_.push_back(socket);
    }
  }
  SocketAddress address() const { return listener_.address(); }

 private:
  Poco::Net::ServerSocket listener_{SocketAddress("127.0.0.1", 0), 1};
  std::vector<StreamSocket> queue_;
};

class Connector : public testing::Test {
 protected:
  Result<StreamSocket> connect(const std::vector<SocketAddress>& addresses, std::chrono::milliseconds wait = patience) {
    return connect_first(real_.context(), addresses, Deadline::after(real_.clock, wait));
  }

  RealContext real_;
  ClosedPort closed_;
  LoopbackServer server_{[](const HttpRequest&) { return HttpReply{}; }};
};

TEST_F(Connector, goes_on_to_the_next_address_where_one_refuses) {
  const auto closed = address_of(closed_.url()), open = address_of(server_.url());
  const SocketAddress no_such_service("::1", closed.port());
  for (const auto& addresses : {std::vector{open}, {closed, open}, {no_such_service, closed, open}, {open, closed}}) {
    const auto socket = connect(addresses);
    ASSERT_TRUE(socket) << socket.error().message;
    EXPECT_EQ(socket->peerAddress(), open);
  }
}

TEST_F(Connector, does_not_wait_for_an_address_that_keeps_silent) {
  const SilentAddress silent;
  const auto socket = connect({silent.address(), address_of(server_.url())});
  ASSERT_TRUE(socket) << socket.error().message;
  EXPECT_EQ(socket->peerAddress(), address_of(server_.url()));
}

TEST_F(Connector, fails_as_the_last_address_did) {
  const auto socket = connect({address_of(closed_.url()), address_of(closed_.url())});
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().code, Errc::unavailable);
  EXPECT_EQ(socket.error().message, "connection refused");
  EXPECT_EQ(connect({}).error().code, Errc::unavailable);
}

TEST_F(Connector, gives_up_in_time) {
  const SilentAddress silent;
  EXPECT_EQ(connect({silent.address()}, std::chrono::milliseconds(50)).error().code, Errc::timeout);
}

TEST_F(Connector, stops_while_it_waits) {
  const SilentAddress silent;
  std::thread stopper([&] { real_.stop(); });
  EXPECT_EQ(connect({silent.address()}).error().code, Errc::cancelled);
  stopper.join();
}

}  // namespace
}  // namespace regtool
