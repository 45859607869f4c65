#pragma once
// Blocking TCP on the loopback, for servers that tests break on purpose.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace regtool {

enum class Loopback : std::uint8_t { ipv4, ipv6 };

// Owns one socket. read, write and wait may be woken by shut_down() from another thread.
class TcpSocket {
 public:
  explicit TcpSocket(int fd = -1) noexcept : fd_(fd) {}
  TcpSocket(TcpSocket&& other) noexcept;
  TcpSocket& operator=(TcpSocket&& other) noexcept;
  ~TcpSocket();

  // Bound to a free port of the loopback, but not listening: whoever connects is refused. Throws std::system_error.
  static TcpSocket bound(Loopback family);

  void listen();             // throws std::system_error
  TcpSocket accept() const;  // not valid() once shut down
  std::uint16_t local_port() const;

  bool valid() const noexcept { return fd_ >= 0; }

  // 0 at the end and on any failure.
  std::size_t read(std::span<char> out) const noexcept;

  // False where the peer is gone.
  bool write(std::string_view bytes) const noexcept;

  // True if the peer was still there after that time.
  bool wait(std::chrono::milliseconds time) const noexcept;
  void wait_until_gone() const noexcept;

  void shut_down() const noexcept;  // ends both directions; wakes whoever waits
  void reset_on_close() const noexcept;

 private:
  int fd_;
};

// "http://127.0.0.1:PORT" or "http://[::1]:PORT".
std::string loopback_url(Loopback family, std::uint16_t port);

}  // namespace regtool
