#pragma once
// What Poco's sockets do not have, or not well. One file a platform.

#include <regtool/result.hpp>

#include <chrono>

namespace Poco::Net {
class Socket;
}

namespace regtool {

// Waits once until `socket` is ready for one of `modes` (Poco::Net::Socket::SelectMode). True also for a socket that
// has failed; false when the time is over, or a signal came. Poco's own waits make a new epoll set each time: four
// system calls where this is one.
Result<bool> poll_once(const Poco::Net::Socket& socket, int modes, std::chrono::milliseconds duration);

// For StreamSocket::sendBytes(): a connection that the other side has closed is an error, not a signal.
int send_flags() noexcept;

}  // namespace regtool
