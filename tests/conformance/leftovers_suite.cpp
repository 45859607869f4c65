#include "store_suite.hpp"
#include "verified_bytes.hpp"

#include <algorithm>

namespace regtool {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LeftoversSuite);  // a store may leave nothing

void LeftoversSuite::leave(std::string_view bytes) {
  write_and_checkpoint(*stage(bytes), bytes, units({{0, 2}}));
  let_time_pass();
}

void LeftoversSuite::let_time_pass() {
  fake_.clock.set_wall_time(std::chrono::system_clock::now() + traits().abandoned_after + std::chrono::minutes(1));
}

std::vector<Leftover> LeftoversSuite::list() {
  const auto listed = leftovers().list(ctx());
  EXPECT_TRUE(listed) << listed.error().message;
  return listed.value_or(std::vector<Leftover>());
}

std::vector<std::string> LeftoversSuite::names() {
  std::vector<std::string> found;
  for (const auto& leftover : list()) found.push_back(leftover.name);
  return found;
}

TEST_P(LeftoversSuite, has_nothing_at_first) { EXPECT_TRUE(list().empty()); }

TEST_P(LeftoversSuite, has_an_unfinished_blob_whose_stager_is_gone) {
  leave(ten_units());
  const auto left = list();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_NE(left[0].name, "");
  EXPECT_GE(left[0].bytes, 2 * traits().unit);
  EXPECT_GT(left[0].modified, std::chrono::system_clock::now() - std::chrono::hours(1));
  EXPECT_LT(left[0].modified, std::chrono::system_clock::now() + std::chrono::hours(1));
}

TEST_P(LeftoversSuite, has_it_in_the_next_process_too) {
  leave(ten_units());
  const auto before = names();
  under_test_->reopen();
  EXPECT_EQ(names(), before);
}

TEST_P(LeftoversSuite, does_not_have_what_somebody_works_on) {
  const auto bytes = ten_units();
  fake_.clock.set_wall_time(std::chrono::system_clock::now());
  const auto staged = stage(bytes);
  write_and_checkpoint(*staged, bytes, units({{0, 2}}));
  EXPECT_TRUE(list().empty());
}

TEST_P(LeftoversSuite, does_not_have_what_was_published) {
  leave(ten_units());
  publish(ten_units());
  publish("small");
  let_time_pass();
  EXPECT_TRUE(list().empty());
}

TEST_P(LeftoversSuite, does_not_have_what_was_discarded) {
  const auto bytes = ten_units();
  const auto staged = stage(bytes);
  write_and_checkpoint(*staged, bytes, units({{0, 2}}));
  staged->discard();
  let_time_pass();
  EXPECT_TRUE(list().empty());
}

TEST_P(LeftoversSuite, has_each_of_several_under_a_name_of_its_own_in_the_order_of_names) {
  for (const unsigned seed : {1u, 2u, 3u, 4u}) leave(some_bytes(10 * traits().unit, seed));
  const auto left = names();
  EXPECT_EQ(left.size(), 4u);
  EXPECT_TRUE(std::is_sorted(left.begin(), left.end()));
  EXPECT_EQ(std::adjacent_find(left.begin(), left.end()), left.end());
}

TEST_P(LeftoversSuite, once_removed_is_begun_anew_by_the_next_stager) {
  const auto bytes = ten_units();
  leave(bytes);
  const auto removed = leftovers().remove(ctx(), list().at(0));
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_TRUE(*removed);
  EXPECT_TRUE(list().empty());
  EXPECT_TRUE(stage(bytes)->facts().resumed.empty());
}

TEST_P(LeftoversSuite, says_when_what_is_to_be_removed_is_gone) {
  leave(ten_units());
  const auto left = list().at(0);
  ASSERT_TRUE(leftovers().remove(ctx(), left).value());
  const auto again = leftovers().remove(ctx(), left);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE(*again);
}

TEST_P(LeftoversSuite, does_not_remove_what_somebody_has_begun_to_work_on) {
  const auto bytes = ten_units();
  leave(bytes);
  const auto left = list().at(0);
  fake_.clock.set_wall_time(std::chrono::system_clock::now());
  auto staged = stage(bytes);
  const auto resumed = staged->facts().resumed;
  EXPECT_FALSE(leftovers().remove(ctx(), left).value());
  staged.reset();
  EXPECT_EQ(stage(bytes)->facts().resumed, resumed);
}

TEST_P(LeftoversSuite, removes_one_and_leaves_the_others) {
  const auto kept = some_bytes(10 * traits().unit, 1);
  publish("published");
  leave(kept);
  const auto before = names();
  leave(some_bytes(10 * traits().unit, 2));
  for (const auto& left : list()) {
    if (left.name != before.at(0)) {
      EXPECT_TRUE(leftovers().remove(ctx(), left).value());
    }
  }
  EXPECT_EQ(names(), before);
  EXPECT_EQ(read(descriptor_of("published").digest), "published");
}

TEST_P(LeftoversSuite, does_not_remove_what_it_never_listed) {
  publish("published");
  for (const char* name : {"", ".", "..", "nothing of that name"}) {
    EXPECT_FALSE(leftovers().remove(ctx(), {name, 0, {}}).value()) << name;
  }
  EXPECT_EQ(read(descriptor_of("published").digest), "published");
}

}  // namespace regtool
