#include "loopback_server.hpp"

#include "http_connection.hpp"

#include <utility>

namespace regtool {

struct LoopbackServer::Connection {
  TcpSocket socket;
  std::thread thread;
  bool done = false;

  ~Connection() {
    if (thread.joinable()) thread.join();
  }
};

LoopbackServer::LoopbackServer(Handler handler, Loopback family)
    : handler_(std::move(handler)),
      listener_(TcpSocket::bound(family)),
      url_(loopback_url(family, listener_.local_port())) {
  listener_.listen();
  acceptor_ = std::thread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  listener_.shut_down();
  acceptor_.join();
  end_connections();
  connections_.clear();
}

std::size_t LoopbackServer::connections() const {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

void LoopbackServer::end_connections() {
  const std::lock_guard lock(mutex_);
  for (const auto& connection : connections_) {
    if (!connection->done) connection->socket.shut_down();
  }
}

void LoopbackServer::accept_all() {
  while (true) {
    auto socket = listener_.accept();
    if (!socket.valid()) return;
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    ++accepted_;
    connections_.remove_if([](const auto& connection) { return connection->done; });
    auto& served = *connections_.emplace_back(std::make_unique<Connection>());
    served.socket = std::move(socket);
    served.thread = std::thread([this, &served] { serve(served); });
  }
}

void LoopbackServer::serve(Connection& connection) {
  serve_connection(connection.socket, url_, handler_);
  const std::lock_guard lock(mutex_);
  connection.socket = TcpSocket();
  connection.done = true;
}

}  // namespace regtool
