#pragma once
// How long something will take still, told so that one can believe it.

#include <chrono>
#include <cstdint>
#include <optional>

namespace regtool::cli {

// What to show next, in seconds, where `shown` was shown `elapsed` seconds ago (nothing: nothing was) and `estimate` is
// the truth as far as it is known. A figure once shown counts down evenly, until it is wrong by more than a tenth.
double next_time_left(std::optional<double> shown, double elapsed, double estimate) noexcept;

// The figure for one transfer, or all of them. A value.
class TimeLeft {
 public:
  // `speed` in bytes a second; nothing until it is known.
  void update(std::uint64_t bytes_left, std::optional<double> speed, double elapsed) noexcept;

  // Nothing until it can be told honestly.
  std::optional<std::chrono::seconds> shown() const noexcept;

 private:
  std::optional<double> seconds_;
};

}  // namespace regtool::cli
