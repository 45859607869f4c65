#include "wait.hpp"

#include "socket_calls.hpp"

#include <Poco/Net/Socket.h>
#include <algorithm>

namespace regtool {
namespace {

std::string in_words(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
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
