#include "progress/time_left.hpp"

#include <algorithm>
#include <cmath>

namespace regtool::cli {
namespace {

// More is a guess that helps nobody.
constexpr double longest_seconds = 100.0 * 3600;

constexpr double tolerated_share = 0.1;
constexpr double tolerated_seconds = 1;

}  // namespace

double next_time_left(std::optional<double> shown, double elapsed, double estimate) noexcept {
  if (!shown) return estimate;
  const auto counted = std::max(*shown - elapsed, 0.0);
  const auto tolerated = std::max(tolerated_seconds, tolerated_share * estimate);
  return std::abs(estimate - counted) <= tolerated ? counted : estimate;
}

void TimeLeft::update(std::uint64_t bytes_left, std::optional<double> speed, double elapsed) noexcept {
  if (bytes_left == 0) {
    seconds_ = 0;
  } else if (!speed || *speed < 1 || static_cast<double>(bytes_left) / *speed > longest_seconds) {
    seconds_.reset();
  } else {
    seconds_ = next_time_left(seconds_, elapsed, static_cast<double>(bytes_left) / *speed);
    // There is something left.
    seconds_ = std::max(*seconds_, 0.5);
  }
}

std::optional<std::chrono::seconds> TimeLeft::shown() const noexcept {
  if (!seconds_) return std::nullopt;
  return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(*seconds_)));
}

}  // namespace regtool::cli
