#include "engine/rate_schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;

constexpr minutes at(int hour, int minute = 0) { return minutes(hour * 60 + minute); }

TEST(RateSchedule, has_the_rate_of_the_span_that_covers_the_time_and_else_the_usual_one) {
  const RateSchedule schedule{100, {{at(22), at(6), 0}, {at(12), at(13, 30), 7}}};
  const std::initializer_list<std::pair<minutes, Rate>> rows{
      {at(0), 0},      {at(5, 59), 0},    {at(6), 100},      {at(11, 59), 100}, {at(12), 7}, {at(13), 7},
      {at(13, 29), 7}, {at(13, 30), 100}, {at(21, 59), 100}, {at(22), 0},       {at(23), 0},
  };
  for (const auto& [time, rate] : rows) EXPECT_EQ(rate_at(schedule, time), rate) << time.count();
  EXPECT_EQ(rate_at({5, {}}, at(3)), 5U);
  EXPECT_EQ(rate_at({5, {{at(0), at(24), 6}}}, at(23, 59)), 6U);
}

TEST(RateSchedule, limits_where_any_of_its_rates_does) {
  EXPECT_FALSE(RateSchedule{}.limits());
  EXPECT_FALSE((RateSchedule{0, {{at(1), at(2), 0}}}.limits()));
  EXPECT_TRUE((RateSchedule{0, {{at(1), at(2), 5}}}.limits()));
  EXPECT_TRUE((RateSchedule{5, {{at(1), at(2), 0}}}.limits()));
}

TEST(Rate, is_a_size_a_second) {
  for (const auto& [text, rate] : std::initializer_list<std::pair<const char*, Rate>>{{"0", 0},
                                                                                      {"unlimited", 0},
                                                                                      {"100", 100},
                                                                                      {"100B", 100},
                                                                                      {"500K", 500 << 10},
                                                                                      {"500kB", 500 << 10},
                                                                                      {"2MB", 2 << 20},
                                                                                      {"1.5M/s", 3 << 19},
                                                                                      {"2MB/s", 2 << 20}}) {
    EXPECT_EQ(parse_rate(text).value(), rate) << text;
  }
  for (const auto* text : {"", "B", "/s", "fast", "2MBB", "-1", "2 MB", "Unlimited!"}) {
    const auto rate = parse_rate(text);
    ASSERT_FALSE(rate) << text;
    EXPECT_THAT(rate.error().message, HasSubstr("is not a rate such as")) << text;
  }
}

TEST(Hours, are_two_times_of_the_day) {
  EXPECT_EQ(*parse_hours("22:00-06:00"), (RateSpan{at(22), at(6), 0}));
  EXPECT_EQ(*parse_hours("00:00-24:00"), (RateSpan{at(0), at(24), 0}));
  EXPECT_EQ(*parse_hours("12:15 - 13:30"), (RateSpan{at(12, 15), at(13, 30), 0}));
  for (const auto* text : {"", "22:00", "22-06", "22:00-", "22:00-6:00", "25:00-06:00", "24:00-06:00", "22:60-23:00",
                           "24:01-06:00", "06:00-06:00", "22:00-06:00-07:00", "default"}) {
    const auto hours = parse_hours(text);
    ASSERT_FALSE(hours) << text;
    EXPECT_THAT(hours.error().message, HasSubstr("is not a span of hours such as 22:00-06:00")) << text;
  }
}

TEST(RateSchedule, is_read_from_one_line) {
  EXPECT_EQ(*parse_rate_schedule("2M"), (RateSchedule{2 << 20, {}}));
  EXPECT_EQ(*parse_rate_schedule("2M,22:00-06:00=unlimited, 12:00-13:00 = 1K"),
            (RateSchedule{2 << 20, {{at(22), at(6), 0}, {at(12), at(13), 1024}}}));
  for (const auto* text : {"", "2M,", "22:00-06:00=1K", "2M,22:00-06:00", "2M,22:00-06:00=", "2M,12:00-13:00=x"}) {
    EXPECT_FALSE(parse_rate_schedule(text)) << text;
  }
}

TEST(RateSchedule, has_one_rate_at_a_time) {
  for (const auto& [one, other] :
       std::initializer_list<std::pair<const char*, const char*>>{{"12:00-13:00", "12:59-14:00"},
                                                                  {"12:00-13:00", "11:00-12:01"},
                                                                  {"22:00-06:00", "05:00-05:30"},
                                                                  {"22:00-06:00", "20:00-22:30"},
                                                                  {"22:00-06:00", "23:00-01:00"},
                                                                  {"10:00-12:00", "10:00-12:00"}}) {
    const auto text = std::string("1M,") + one + "=1K," + other + "=2K";
    const auto schedule = parse_rate_schedule(text);
    ASSERT_FALSE(schedule) << text;
    EXPECT_EQ(schedule.error().message, std::string(other) + " overlaps with " + one);
  }
  EXPECT_TRUE(parse_rate_schedule("1M,12:00-13:00=1K,13:00-22:00=2K,22:00-06:00=3K,06:00-12:00=4K"));
}

}  // namespace
}  // namespace regtool
