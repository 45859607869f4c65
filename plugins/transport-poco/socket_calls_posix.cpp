#include "socket_calls.hpp"

#include <Poco/Net/Socket.h>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>

namespace regtool {

Result<bool> poll_once(const Poco::Net::Socket& socket, int modes, std::chrono::milliseconds duration) {
  pollfd wanted{socket.impl()->sockfd(), 0, 0};
  if ((modes & Poco::Net::Socket::SELECT_READ) != 0) wanted.events |= POLLIN;
  if ((modes & Poco::Net::Socket::SELECT_WRITE) != 0) wanted.events |= POLLOUT;
  const int ready = ::poll(&wanted, 1, static_cast<int>(duration.count()));
  if (ready >= 0) return ready > 0;
  if (errno == EINTR) return false;
  return fail(Errc::internal, "wait for a socket: " + std::generic_category().message(errno));
}

int send_flags() noexcept { return MSG_NOSIGNAL; }

}  // namespace regtool
