#include "fake_clock.hpp"

namespace regtool {

std::chrono::steady_clock::time_point FakeClock::now() const noexcept {
  const std::lock_guard lock(mutex_);
  return now_;
}

std::chrono::system_clock::time_point FakeClock::wall_time() const noexcept {
  const std::lock_guard lock(mutex_);
  return wall_time_;
}

bool FakeClock::sleep(std::chrono::milliseconds duration, const std::stop_token& stop) const noexcept {
  if (stop.stop_requested()) return false;
  const std::lock_guard lock(mutex_);
  sleeps_.push_back(duration);
  now_ += duration;
  wall_time_ += duration;
  return true;
}

void FakeClock::advance(std::chrono::milliseconds duration) {
  const std::lock_guard lock(mutex_);
  now_ += duration;
  wall_time_ += duration;
}

void FakeClock::set_wall_time(std::chrono::system_clock::time_point time) {
  const std::lock_guard lock(mutex_);
  wall_time_ = time;
}

std::vector<std::chrono::milliseconds> FakeClock::sleeps() const {
  const std::lock_guard lock(mutex_);
  return sleeps_;
}

}  // namespace regtool
