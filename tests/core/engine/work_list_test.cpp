#include "engine/work_list.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

RangeSet set_of(std::initializer_list<Range> ranges) {
  RangeSet set;
  for (const auto& range : ranges) set.add(range);
  return set;
}

constexpr std::uint64_t no_limit = ~std::uint64_t{0};

TEST(WorkList, gives_out_the_lowest_missing_bytes_first) {
  WorkList work(100, set_of({{10, 20}}));
  EXPECT_EQ(work.take(50, no_limit)->range, (Range{0, 10}));
  EXPECT_EQ(work.take(50, no_limit)->range, (Range{30, 50}));
  EXPECT_EQ(work.take(50, no_limit)->range, (Range{80, 20}));
  EXPECT_FALSE(work.take(50, no_limit));
}

TEST(WorkList, gives_out_nothing_beyond_the_limit) {
  WorkList work(100, {});
  EXPECT_EQ(work.take(50, 30)->range, (Range{0, 30}));
  EXPECT_FALSE(work.take(50, 30));
  EXPECT_EQ(work.take(50, 60)->range, (Range{30, 30}));
}

TEST(WorkList, takes_back_what_is_left_of_a_part_that_was_given_up) {
  WorkList work(100, {});
  const auto part = work.take(50, no_limit);
  work.wrote(part->id, 20);
  work.release(part->id);
  EXPECT_EQ(work.take(100, no_limit)->range, (Range{20, 80}));
}

TEST(WorkList, splits_the_part_with_the_most_bytes_to_go) {
  WorkList work(100, {});
  const auto first = work.take(50, no_limit);
  const auto second = work.take(50, no_limit);
  work.wrote(first->id, 30);
  EXPECT_EQ(work.split(10)->range, (Range{75, 25}));
  EXPECT_EQ(work.left(second->id), (Range{50, 25}));
  EXPECT_EQ(work.left(first->id), (Range{30, 20}));
}

TEST(WorkList, does_not_split_what_is_nearly_done) {
  WorkList work(100, {});
  const auto part = work.take(100, no_limit);
  work.wrote(part->id, 85);
  EXPECT_FALSE(work.split(10));
}

TEST(WorkList, lets_a_part_run_on_up_to_what_somebody_else_has) {
  WorkList work(100, set_of({{60, 10}}));
  const auto part = work.take(20, no_limit);
  work.extend(part->id);
  EXPECT_EQ(work.left(part->id), (Range{0, 60}));
  EXPECT_EQ(work.take(100, no_limit)->range, (Range{70, 30}));
}

TEST(WorkList, does_not_let_a_part_run_into_another) {
  WorkList work(100, {});
  const auto first = work.take(20, no_limit);
  (void)work.take(20, no_limit);
  work.extend(first->id);
  EXPECT_EQ(work.left(first->id), (Range{0, 20}));
}

TEST(WorkList, is_complete_when_every_byte_is_written) {
  WorkList work(100, set_of({{0, 60}}));
  const auto part = work.take(100, no_limit);
  EXPECT_FALSE(work.complete());
  work.wrote(part->id, 40);
  EXPECT_TRUE(work.complete());
  EXPECT_FALSE(work.idle());
  work.release(part->id);
  EXPECT_TRUE(work.idle());
  EXPECT_EQ(work.done().prefix(), 100u);
}

TEST(WorkList, of_an_empty_blob_is_complete_from_the_start) { EXPECT_TRUE(WorkList(0, {}).complete()); }

}  // namespace
}  // namespace regtool
