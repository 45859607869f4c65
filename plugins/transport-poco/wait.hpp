#pragma once
// Waiting for sockets in slices, so that a stop is noticed soon and no other thread ever has to touch a socket.

#include <regtool/context.hpp>

#include <chrono>
#include <string>

namespace Poco::Net {
class Socket;
}

namespace regtool {

// The longest that anything here waits before it looks at Context::stop again.
inline constexpr std::chrono::milliseconds wait_slice{100};

// When to give up, and after how long that is, for the message.
struct Deadline {
  std::chrono::steady_clock::time_point at;
  std::chrono::milliseconds patience;

  static Deadline after(const Clock& clock, std::chrono::milliseconds patience) noexcept {
    return {clock.now() + patience, patience};
  }
};

// How long to wait next: a slice, or what is left. Errc::cancelled or Errc::timeout where that is nothing.
Result<std::chrono::milliseconds> next_wait(const Context& ctx, const Deadline& deadline);

// Waits until `socket` is ready for one of `modes` (Poco::Net::Socket::SelectMode), or has failed.
Result<> wait_ready(const Context& ctx, const Poco::Net::Socket& socket, int modes, const Deadline& deadline);

}  // namespace regtool
