#include "tcp_socket.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace regtool {
namespace {

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

// Waits for the peer's end. True if `time` (milliseconds, -1 for ever) passed without it.
bool peer_stays(int fd, int time) {
  pollfd poll_fd{fd, POLLRDHUP, 0};
  int result = 0;
  do {
    result = ::poll(&poll_fd, 1, time);
  } while (result < 0 && errno == EINTR);
  return result == 0;
}

}  // namespace

TcpSocket::TcpSocket(TcpSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

TcpSocket& TcpSocket::operator=(TcpSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

TcpSocket::~TcpSocket() {
  if (valid()) ::close(fd_);
}

TcpSocket TcpSocket::bound(Loopback family) {
  const bool ipv6 = family == Loopback::ipv6;
  TcpSocket socket(checked(::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_loopback;
  const auto* address = ipv6 ? reinterpret_cast<const sockaddr*>(&v6) : reinterpret_cast<const sockaddr*>(&v4);
  checked(::bind(socket.fd_, address, ipv6 ? sizeof v6 : sizeof v4), "bind");
  return socket;
}

void TcpSocket::listen() { checked(::listen(fd_, 512), "listen"); }

TcpSocket TcpSocket::accept() const {
  int fd = -1;
  do {
    fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
  } while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
  const int on = 1;
  if (fd >= 0) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return TcpSocket(fd);
}

std::uint16_t TcpSocket::local_port() const {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  checked(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length), "getsockname");
  // The port is at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

std::size_t TcpSocket::read(std::span<char> out) const noexcept {
  ssize_t count = 0;
  do {
    count = ::recv(fd_, out.data(), out.size(), 0);
  } while (count < 0 && errno == EINTR);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

bool TcpSocket::write(std::string_view bytes) const noexcept {
  while (!bytes.empty()) {
    const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool TcpSocket::wait(std::chrono::milliseconds time) const noexcept {
  return peer_stays(fd_, static_cast<int>(time.count()));
}

void TcpSocket::wait_until_gone() const noexcept { peer_stays(fd_, -1); }

void TcpSocket::shut_down() const noexcept { ::shutdown(fd_, SHUT_RDWR); }

void TcpSocket::reset_on_close() const noexcept {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

std::string loopback_url(Loopback family, std::uint16_t port) {
  return (family == Loopback::ipv6 ? "http://[::1]:" : "http://127.0.0.1:") + std::to_string(port);
}

}  // namespace regtool
