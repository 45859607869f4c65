#pragma once
// Ctrl-C and its kind.

#include <functional>
#include <stop_token>
#include <thread>

namespace regtool::cli {

// While this lives, the first SIGINT, SIGTERM or SIGHUP requests the stop, and the second ends the process at once with
// status 130, after `last_words`. Signals that were ignored when the program started (nohup) stay ignored. Made before
// any other thread, because threads inherit what it blocks. SIGPIPE is ignored from then on: writes report it instead.
class InterruptWatch {
 public:
  explicit InterruptWatch(std::function<void()> last_words);
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  std::stop_token token() const noexcept { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread waiter_;
};

}  // namespace regtool::cli
