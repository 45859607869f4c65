#include "socket_calls.hpp"

#include <Poco/Net/Socket.h>
#include <system_error>
#include <winsock2.h>

namespace regtool {

Result<bool> poll_once(const Poco::Net::Socket& socket, int modes, std::chrono::milliseconds duration) {
  WSAPOLLFD wanted{socket.impl()->sockfd(), 0, 0};
  if ((modes & Poco::Net::Socket::SELECT_READ) != 0) wanted.events |= POLLRDNORM;
  if ((modes & Poco::Net::Socket::SELECT_WRITE) != 0) wanted.events |= POLLWRNORM;
  const int ready = ::WSAPoll(&wanted, 1, static_cast<int>(duration.count()));
  if (ready >= 0) return ready > 0;
  return fail(Errc::internal, "wait for a socket: " + std::system_category().message(::WSAGetLastError()));
}

int send_flags() noexcept { return 0; }

}  // namespace regtool
