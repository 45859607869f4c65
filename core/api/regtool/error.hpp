#pragma once
// The one error type. See docs/design.md, "Errors".

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace regtool {

// What a caller may branch on. Anything finer goes into Error::message.
enum class Errc : std::uint8_t {
  not_found,         // the thing asked for does not exist, and the other side said so
  already_exists,    // refused because it would replace something
  invalid_argument,  // the user's input or config is wrong: nothing was attempted
  unsupported,       // understood, but this implementation or server cannot do it
  unauthenticated,   // nobody knows who is asking (HTTP 401, no usable key)
  forbidden,         // known, but not allowed (HTTP 403, file permissions)
  unavailable,       // the network or the server failed in a way that may pass
  timeout,           // too slow; may pass
  cancelled,         // Context::stop was requested
  corrupt,           // bytes do not have the digest or size they should have
  no_space,          // disk or quota is full
  io,                // the local disk failed in another way
  protocol,          // the peer broke the rules of the protocol
  internal,          // a bug in regtool or a plugin
};

struct Error {
  Errc code;
  std::string message;                                     // one line for a person; never a secret
  std::optional<std::chrono::milliseconds> retry_after{};  // how long the peer asked to wait, if it did

  // Prefixes what was being done: `return std::move(error).in("open " + path)`.
  [[nodiscard]] Error in(const std::string& doing) && {
    message = doing + ": " + message;
    return std::move(*this);
  }

  // True if the same attempt may succeed a little later.
  [[nodiscard]] bool transient() const noexcept { return code == Errc::unavailable || code == Errc::timeout; }
};

}  // namespace regtool
