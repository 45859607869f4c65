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
    quiet_ = bytes > 0 ? 0 : quiet_ + seconds;
    // How fast it was says nothing of how fast it will be when it goes on.
    if (stalled()) bytes_ = seconds_ = 0;
  }

  // Nothing has moved for so long that it may never again.
  bool stalled() const noexcept { return quiet_ >= stall_seconds; }

  // Bytes a second, once it has been looked at for long enough to mean something.
  std::optional<double> speed() const noexcept {
    if (stalled()) return 0;
    if (seconds_ < settling_seconds) return std::nullopt;
    return bytes_ / seconds_;
  }

  // The same, once it has been looked at for long enough to tell what is to come.
  std::optional<double> steady_speed() const noexcept { return seconds_ < steadying_seconds ? std::nullopt : speed(); }

 private:
  static constexpr double memory_seconds = 10;
  static constexpr double settling_seconds = 0.8;
  static constexpr double steadying_seconds = 2;
  static constexpr double stall_seconds = 5;
  double bytes_ = 0;
  double seconds_ = 0;
  double quiet_ = 0;  // seconds since anything moved
};

}  // namespace regtool::cli
