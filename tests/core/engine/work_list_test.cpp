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
  (void)work.claim(part->id, 20);
  work.wrote(part->id, 20);
  work.release(part->id);
  EXPECT_EQ(work.take(100, no_limit)->range, (Range{20, 80}));
}

TEST(WorkList, gives_the_end_of_a_part_to_another) {
  WorkList work(100, {});
  const auto first = work.take(50, no_limit);
  const auto second = work.split(first->id, 20);
  EXPECT_EQ(second.range, (Range{30, 20}));
  EXPECT_EQ(work.left(second.id), (Range{30, 20}));
  EXPECT_EQ(work.left(first->id), (Range{0, 30}));
  EXPECT_EQ(work.take(100, no_limit)->range, (Range{50, 50}));
}

TEST(WorkList, tells_what_of_a_part_can_be_given_away) {
  WorkList work(100, {});
  const auto part = work.take(50, no_limit);
  (void)work.claim(part->id, 10);
  ASSERT_EQ(work.running().size(), 1u);
  EXPECT_EQ(work.running()[0].id, part->id);
  EXPECT_EQ(work.running()[0].open, 40u);
  work.wrote(part->id, 10);
  EXPECT_EQ(work.running()[0].open, 40u);
}

TEST(WorkList, lets_a_fetcher_keep_only_what_was_not_given_away_before_it_arrived) {
  WorkList work(100, {});
  const auto part = work.take(50, no_limit);
  (void)work.split(part->id, 45);
  EXPECT_EQ(work.claim(part->id, 20), 5u);
  work.wrote(part->id, 5);
  EXPECT_TRUE(work.left(part->id).empty());
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
  (void)work.claim(part->id, 40);
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
