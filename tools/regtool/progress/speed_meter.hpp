#pragma once
// Bytes a second, smoothed.

#include <cmath>
#include <cstdint>
#include <optional>

namespace regtool::cli {

// Averages with weights that fall exponentially with age. Bytes and seconds are weighted alike, so that the first
// figures are already right instead of creeping up from zero. A value.
class SpeedMeter {
 public:
  void add(std::uint64_t bytes, double seconds) noexcept {
    const double kept = std::exp(-seconds / memory_seconds);
    bytes_ = bytes_ * kept + static_cast<double>(bytes);
    seconds_ = seconds_ * kept + seconds;
  }

  // Bytes a second, once it has been looked at for long enough to mean something.
  std::optional<double> speed() const noexcept {
    if (seconds_ < settling_seconds) return std::nullopt;
    return bytes_ / seconds_;
  }

 private:
  static constexpr double memory_seconds = 5;
  static constexpr double settling_seconds = 0.8;
  double bytes_ = 0;
  double seconds_ = 0;
};

}  // namespace regtool::cli
