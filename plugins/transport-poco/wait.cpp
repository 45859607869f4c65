#include "wait.hpp"

#include <Poco/Net/Socket.h>
#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <system_error>

namespace regtool {
namespace {

std::string in_words(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

// Poco's own waits make a new epoll set each time: four system calls where this is one. True also for a socket that has
// failed; false when the time is over, or a signal came.
Result<bool> poll_once(const Poco::Net::Socket& socket, int modes, std::chrono::milliseconds duration) {
  pollfd wanted{socket.impl()->sockfd(), 0, 0};
  if ((modes & Poco::Net::Socket::SELECT_READ) != 0) wanted.events |= POLLIN;
  if ((modes & Poco::Net::Socket::SELECT_WRITE) != 0) wanted.events |= POLLOUT;
  const int ready = ::poll(&wanted, 1, static_cast<int>(duration.count()));
  if (ready >= 0) return ready > 0;
  if (errno == EINTR) return false;
  return fail(Errc::internal, "wait for a socket: " + std::generic_category().message(errno));
}

}  // namespace

Result<std::chrono::milliseconds> next_wait(const Context& ctx, const Deadline& deadline) {
  if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.at - ctx.clock.now());
  if (left <= std::chrono::milliseconds::zero()) {
    return fail(Errc::timeout, "timed out after " + in_words(deadline.patience));
  }
  return std::min(left, wait_slice);
}

Result<> wait_ready(const Context& ctx, const Poco::Net::Socket& socket, int modes, const Deadline& deadline) {
  while (true) {
    REGTOOL_TRY_ASSIGN(const auto duration, next_wait(ctx, deadline));
    REGTOOL_TRY_ASSIGN(const bool ready, poll_once(socket, modes, duration));
    if (ready) return {};
  }
}

}  // namespace regtool
