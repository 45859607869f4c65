#include "terminal/units.hpp"

#include <gtest/gtest.h>

namespace regtool::cli {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Units, bytes_have_three_digits_in_decimal_units) {
  struct {
    std::uint64_t bytes;
    std::string_view expected;
  } const rows[] = {
      {0, "0 B"},
      {999, "999 B"},
      {1000, "1.00 KB"},
      {9'994, "9.99 KB"},
      {9'995, "10.0 KB"},
      {99'949, "99.9 KB"},
      {99'950, "100 KB"},
      {999'499, "999 KB"},
      {999'500, "1.00 MB"},
      {1'678'447'520, "1.68 GB"},
      {16'784'475'200, "16.8 GB"},
      {18'446'744'073'709'551'615U, "18.4 EB"},
  };
  for (const auto& row : rows) EXPECT_EQ(format_bytes(row.bytes), row.expected) << row.bytes;
}

TEST(Units, speed_is_unknown_until_it_is_known) {
  EXPECT_EQ(format_speed(std::nullopt), "-");
  EXPECT_EQ(format_speed(0.0), "0 B/s");
  EXPECT_EQ(format_speed(111'900'000.0), "112 MB/s");
}

TEST(Units, durations_are_told_in_two_units_at_most) {
  struct {
    std::optional<seconds> duration;
    std::string_view expected;
  } const rows[] = {
      {std::nullopt, "-"},
      {seconds(0), "0s"},
      {seconds(59), "59s"},
      {seconds(60), "1m00s"},
      {seconds(125), "2m05s"},
      {hours(1) + minutes(2) + seconds(3), "1h02m"},
      {hours(23) + minutes(59), "23h59m"},
      {hours(76), "3d04h"},
  };
  for (const auto& row : rows) EXPECT_EQ(format_duration(row.duration), row.expected);
}

TEST(Units, an_age_is_told_in_the_largest_unit_of_which_there_are_two) {
  struct {
    seconds age;
    std::string_view expected;
  } const rows[] = {
      {seconds(-5), "just now"},
      {seconds(1), "just now"},
      {seconds(2), "2 seconds ago"},
      {seconds(119), "119 seconds ago"},
      {minutes(2), "2 minutes ago"},
      {hours(1), "60 minutes ago"},
      {hours(47), "47 hours ago"},
      {hours(48), "2 days ago"},
      {hours(24 * 21), "3 weeks ago"},
      {hours(24 * 61), "2 months ago"},
      {hours(24 * 365 * 3), "3 years ago"},
  };
  for (const auto& row : rows) EXPECT_EQ(format_age(row.age), row.expected);
}

TEST(Units, counts_have_a_plural) {
  EXPECT_EQ(format_count(0, "blob"), "0 blobs");
  EXPECT_EQ(format_count(1, "blob"), "1 blob");
  EXPECT_EQ(format_count(2, "blob"), "2 blobs");
}

TEST(FormatUtc, is_rfc_3339_to_the_second) {
  EXPECT_EQ(format_utc(std::chrono::system_clock::time_point(std::chrono::milliseconds(1'700'000'000'999))),
            "2023-11-14T22:13:20Z");
}

}  // namespace
}  // namespace regtool::cli
