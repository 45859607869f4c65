#include "base/system_clock.hpp"

#include <condition_variable>
#include <mutex>

namespace regtool {

std::chrono::steady_clock::time_point SystemClock::now() const noexcept { return std::chrono::steady_clock::now(); }

std::chrono::system_clock::time_point SystemClock::wall_time() const noexcept {
  return std::chrono::system_clock::now();
}

bool SystemClock::sleep(std::chrono::milliseconds duration, const std::stop_token& stop) const noexcept {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, duration, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace regtool
