#include "progress/time_left.hpp"

#include <gtest/gtest.h>

namespace regtool::cli {
namespace {

using std::chrono::seconds;

TEST(NextTimeLeft, counts_down_until_it_is_wrong_by_more_than_a_tenth) {
  struct Row {
    std::optional<double> shown;
    double elapsed, estimate, next;
  };
  const std::initializer_list<Row> rows{
      {std::nullopt, 0.1, 60, 60},
      {60, 1, 59, 59},
      {60, 1, 63, 59},
      {60, 1, 56, 59},
      {60, 1, 70, 70},
      {60, 1, 40, 40},
      {600, 1, 650, 599},
      {3, 1, 2.9, 2},
      {3, 1, 3.1, 3.1},
      {0.5, 1, 0.9, 0},
  };
  for (const auto& row : rows) {
    EXPECT_DOUBLE_EQ(next_time_left(row.shown, row.elapsed, row.estimate), row.next)
        << row.shown.value_or(-1) << ' ' << row.elapsed << ' ' << row.estimate;
  }
}

TEST(TimeLeft, is_told_only_where_it_is_known) {
  TimeLeft left;
  EXPECT_EQ(left.shown(), std::nullopt);
  left.update(1000, std::nullopt, 0.1);
  EXPECT_EQ(left.shown(), std::nullopt);
  left.update(1000, 100.0, 0.1);
  EXPECT_EQ(left.shown(), seconds(10));
  left.update(1000, 0.0, 0.1);
  EXPECT_EQ(left.shown(), std::nullopt);
  left.update(std::uint64_t{1} << 50, 100.0, 0.1);
  EXPECT_EQ(left.shown(), std::nullopt);
}

TEST(TimeLeft, is_none_only_when_nothing_is_left) {
  TimeLeft left;
  for (int i = 0; i < 100; ++i) left.update(1, 100.0, 0.1);
  EXPECT_EQ(left.shown(), seconds(1));
  left.update(0, 100.0, 0.1);
  EXPECT_EQ(left.shown(), seconds(0));
}

}  // namespace
}  // namespace regtool::cli
