#include "engine/check_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::SizeIs;

constexpr std::uint64_t large = 1 << 30;

struct Row {
  std::vector<std::uint64_t> sizes;
  std::size_t at_once;
  std::vector<std::size_t> first, rest;
};

TEST(CheckPlan, asks_for_the_large_ones_and_a_sample_of_the_small_ones_first) {
  const std::vector<Row> rows{
      {{}, 4, {}, {}},
      {{10, 10, 10}, 4, {0, 1, 2}, {}},
      {{10, 10, 10, 10}, 4, {0, 1, 2, 3}, {}},
      {{10, 10, 10, 10, 10, 10, 10, 10}, 4, {0, 2, 4, 6}, {1, 3, 5, 7}},
      {{10, 10, 10, 10, 10}, 1, {0}, {1, 2, 3, 4}},
      {{10, large, 10, large, large}, 1, {1, 3, 4, 0}, {2}},
  };
  for (const auto& row : rows) {
    const auto plan = plan_checks(row.sizes, row.at_once);
    EXPECT_EQ(plan.first, row.first) << row.sizes.size();
    EXPECT_EQ(plan.rest, row.rest) << row.sizes.size();
  }
}

TEST(CheckPlan, asks_at_first_for_as_many_small_ones_as_are_asked_for_at_once) {
  for (const std::size_t at_once : {1, 7, 128, 1999, 2000}) {
    const auto plan = plan_checks(std::vector<std::uint64_t>(2000, 65536), at_once);
    EXPECT_THAT(plan.first, SizeIs(at_once));
    EXPECT_THAT(plan.rest, SizeIs(2000 - at_once));
  }
}

}  // namespace
}  // namespace regtool
