#pragma once
// Serves a Handler over plain HTTP/1.1 on a free port of the loopback, one thread a connection.

#include "http_handler.hpp"
#include "tcp_socket.hpp"

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace regtool {

// All methods are thread-safe. The destructor ends every connection and waits for its thread, so a handler must not
// block for ever by itself; the stalls of Faults end with the server.
class LoopbackServer {
 public:
  // Throws std::system_error where there is no port to be had.
  explicit LoopbackServer(Handler handler, Loopback family = Loopback::ipv4);
  ~LoopbackServer();

  // "http://127.0.0.1:PORT", without a slash at its end.
  const std::string& url() const noexcept { return url_; }

  // How many were ever accepted.
  std::size_t connections() const;

  // Ends every connection there is, as an impatient server does with idle ones.
  void end_connections();

 private:
  struct Connection;
  void accept_all();
  void serve(Connection& connection);

  Handler handler_;
  TcpSocket listener_;
  std::string url_;
  mutable std::mutex mutex_;
  std::list<std::unique_ptr<Connection>> connections_;
  std::size_t accepted_ = 0;
  bool stopping_ = false;
  std::thread acceptor_;
};

// A URL at which every connection is refused, for as long as this object lives.
class ClosedPort {
 public:
  explicit ClosedPort(Loopback family = Loopback::ipv4)
      : socket_(TcpSocket::bound(family)), url_(loopback_url(family, socket_.local_port())) {}

  const std::string& url() const noexcept { return url_; }

 private:
  TcpSocket socket_;
  std::string url_;
};

}  // namespace regtool
