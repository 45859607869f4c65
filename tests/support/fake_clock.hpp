#pragma once
// Time that passes only when a test says so, or when somebody sleeps.

#include <regtool/context.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <vector>

namespace regtool {

// sleep() returns at once, having moved the time on. Thread-safe.
class FakeClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point now() const noexcept override;
  std::chrono::system_clock::time_point wall_time() const noexcept override;
  bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) const noexcept override;

  void advance(std::chrono::milliseconds duration);
  void set_wall_time(std::chrono::system_clock::time_point time);

  // How long was slept, in order.
  std::vector<std::chrono::milliseconds> sleeps() const;

 private:
  mutable std::mutex mutex_;
  mutable std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
  mutable std::chrono::system_clock::time_point wall_time_{std::chrono::seconds(1'700'000'000)};
  mutable std::vector<std::chrono::milliseconds> sleeps_;
};

}  // namespace regtool
