#pragma once
// How fast something has been of late.

#include <chrono>
#include <cstdint>
#include <optional>

namespace regtool {

// Looks back over the last half second to second, or two while nothing comes. Used by one thread at a time.
class SpeedMeter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::milliseconds window{500};

  explicit SpeedMeter(TimePoint start) : previous_start_(start), start_(start) {}

  // `count` more have come. True when that ends a window: a good moment to look at the rate.
  bool add(TimePoint now, std::uint64_t count) noexcept;

  // Per second. Nothing in the first half second, in which it would tell more of the beginning than of the speed.
  std::optional<double> rate(TimePoint now) const noexcept;

 private:
  TimePoint previous_start_;
  TimePoint start_;  // of the window that runs
  std::uint64_t previous_count_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace regtool
