#pragma once
// Fake time for operations of many threads, in which those that sleep at once sleep together.

#include <regtool/context.hpp>

#include <chrono>
#include <memory>
#include <stop_token>

namespace regtool {

// sleep() returns almost at once. Each thread has a time of its own: it goes on from where the thread that made the
// clock, and those that have ended, had got to. So ten workers that each wait a second, side by side, let one second
// pass and not ten. Thread-safe.
class ParallelClock final : public Clock {
 public:
  ParallelClock();

  std::chrono::steady_clock::time_point now() const noexcept override;
  std::chrono::system_clock::time_point wall_time() const noexcept override;
  bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) const noexcept override;

  // How long it took the slowest thread since the clock was made.
  std::chrono::milliseconds elapsed() const;

 private:
  struct Times;
  const std::shared_ptr<Times> times_;
};

}  // namespace regtool
