#include "engine/speed_meter.hpp"

namespace regtool {

bool SpeedMeter::add(TimePoint now, std::uint64_t count) noexcept {
  count_ += count;
  if (now - start_ < window) return false;
  previous_start_ = start_;
  previous_count_ = count_;
  start_ = now;
  count_ = 0;
  return true;
}

std::optional<double> SpeedMeter::rate(TimePoint now) const noexcept {
  // What came before a long silence says nothing of what comes after it.
  const bool silent = now - start_ >= 4 * window;
  const auto since = silent ? start_ : previous_start_;
  if (now - since < window) return std::nullopt;
  const auto count = silent ? count_ : previous_count_ + count_;
  return static_cast<double>(count) / std::chrono::duration<double>(now - since).count();
}

}  // namespace regtool
