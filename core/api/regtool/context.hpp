#pragma once
// What every blocking call may need from whoever started the operation. Passed explicitly; nothing is global.

#include <regtool/result.hpp>

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

namespace regtool {

// Time, so that tests need not wait for it. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Monotonic: for durations, deadlines and expiry.
  virtual std::chrono::steady_clock::time_point now() const noexcept = 0;

  // Wall time: for what others will read, such as the `ts` of a signed request. May jump.
  virtual std::chrono::system_clock::time_point wall_time() const noexcept = 0;

  // Waits. Returns early, and false, once `stop` is requested.
  virtual bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) const noexcept = 0;
};

// The person, if there is one. Thread-safe. Messages are one line, without a trailing newline and without secrets.
class Console {
 public:
  virtual ~Console() = default;

  // Something the user should know and may want to act on. Shown unless --quiet.
  virtual void warn(std::string_view message) noexcept = 0;

  // What happens behind the scenes. Shown with -v.
  virtual void debug(std::string_view message) noexcept = 0;

  // Asks for a secret without echoing it. Errc::unsupported when there is no terminal to ask on,
  // Errc::cancelled when the user gives up.
  virtual Result<std::string> ask_secret(std::string_view question) noexcept = 0;
};

// First parameter of every call that may block. Cheap to copy. What it refers to outlives the call.
struct Context {
  std::stop_token stop;  // requested: return Errc::cancelled within a second
  const Clock& clock;
  Console& console;
};

}  // namespace regtool
