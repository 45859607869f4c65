#include "engine/speed_meter.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

using std::chrono::milliseconds;

constexpr SpeedMeter::TimePoint start{std::chrono::hours(1)};

TEST(SpeedMeter, says_nothing_in_the_first_half_second) {
  SpeedMeter meter(start);
  EXPECT_FALSE(meter.add(start + milliseconds(400), 1000));
  EXPECT_FALSE(meter.rate(start + milliseconds(400)));
}

TEST(SpeedMeter, tells_when_a_window_has_ended) {
  SpeedMeter meter(start);
  EXPECT_TRUE(meter.add(start + milliseconds(500), 1000));
  EXPECT_FALSE(meter.add(start + milliseconds(900), 1000));
  EXPECT_TRUE(meter.add(start + milliseconds(1000), 1000));
}

TEST(SpeedMeter, tells_the_rate_of_late_not_of_all_time) {
  SpeedMeter meter(start);
  meter.add(start + milliseconds(500), 1'000'000);
  EXPECT_DOUBLE_EQ(*meter.rate(start + milliseconds(500)), 2'000'000);
  meter.add(start + milliseconds(1000), 500);
  meter.add(start + milliseconds(1500), 500);
  EXPECT_DOUBLE_EQ(*meter.rate(start + milliseconds(1500)), 1000);
}

TEST(SpeedMeter, sinks_while_nothing_comes) {
  SpeedMeter meter(start);
  meter.add(start + milliseconds(500), 1000);
  EXPECT_DOUBLE_EQ(*meter.rate(start + milliseconds(2000)), 500);
  EXPECT_DOUBLE_EQ(*meter.rate(start + milliseconds(2500)), 0);
}

}  // namespace
}  // namespace regtool
