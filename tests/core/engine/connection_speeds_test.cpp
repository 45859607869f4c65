#include "engine/connection_speeds.hpp"

#include <array>
#include <gtest/gtest.h>
#include <vector>

namespace regtool {
namespace {

constexpr std::uint64_t kib = 1024, mib = 1024 * kib;

// Connections are told apart by an address.
constexpr std::array<char, 8> connections{};

class Crawling : public testing::Test {
 protected:
  bool crawls(std::vector<double> others, double mine) {
    for (std::size_t i = 0; i < others.size(); ++i) speeds_.observe(&connections[i + 1], others[i]);
    speeds_.observe(&connections[0], mine);
    return speeds_.crawls(&connections[0]);
  }

  ConnectionSpeeds speeds_;
};

TEST_F(Crawling, is_to_be_many_times_slower_than_most_others) { EXPECT_TRUE(crawls({4e6, 4e6, 4e6, 2e5}, 2e5)); }
TEST_F(Crawling, is_not_to_be_a_few_times_slower) { EXPECT_FALSE(crawls({4e6, 4e6, 4e6, 4e6}, 1e6)); }
TEST_F(Crawling, is_not_to_be_slow_where_all_are) { EXPECT_FALSE(crawls({2e5, 2e5, 2e5, 4e6}, 2e5)); }
TEST_F(Crawling, cannot_be_told_from_too_few_others) { EXPECT_FALSE(crawls({4e6, 4e6}, 1)); }

TEST_F(Crawling, is_not_judged_by_connections_that_have_ended) {
  EXPECT_TRUE(crawls({4e6, 4e6, 4e6}, 2e5));
  speeds_.ended(&connections[1], 1, std::chrono::seconds(1));
  EXPECT_FALSE(speeds_.crawls(&connections[0]));
}

TEST(PartSize, is_about_a_second_of_one_connection_within_bounds) {
  ConnectionSpeeds speeds;
  EXPECT_EQ(speeds.part_size(), 8 * mib);
  speeds.ended(&connections[0], 20 * mib, std::chrono::seconds(1));
  EXPECT_EQ(speeds.part_size(), 20 * mib);
  for (int i = 0; i < 20; ++i) speeds.ended(&connections[0], 1000 * mib, std::chrono::seconds(1));
  EXPECT_EQ(speeds.part_size(), 64 * mib);
}

TEST(PartSize, is_not_told_by_time_that_did_not_pass) {
  ConnectionSpeeds speeds;
  speeds.ended(&connections[0], 1000 * mib, std::chrono::seconds(0));
  EXPECT_EQ(speeds.part_size(), 8 * mib);
}

struct ShareCase {
  const char* name;
  double typical;
  std::vector<RunningPart> parts;
  std::optional<std::pair<std::size_t, std::uint64_t>> expected;  // whose, how many bytes
};

class Sharing : public testing::TestWithParam<ShareCase> {};

TEST_P(Sharing, is_decided) {
  const auto share = choose_share(GetParam().parts, GetParam().typical);
  ASSERT_EQ(share.has_value(), GetParam().expected.has_value());
  if (!share) return;
  EXPECT_EQ(share->index, GetParam().expected->first);
  EXPECT_EQ(share->bytes, GetParam().expected->second);
}

const ShareCase share_cases[] = {
    {"nothing_runs", 1e6, {}, std::nullopt},
    {"no_speed_is_known", 0, {{100 * mib, 0, {}}}, std::nullopt},
    {"all_will_soon_end", 1e6, {{400'000, 0, 1e6}, {300'000, 0, 1e6}}, std::nullopt},
    {"half_of_one_that_is_as_fast", 1e6, {{8'000'000, 0, 1e6}}, {{0, 4'000'000}}},
    {"one_whose_speed_is_not_known_yet_is_thought_to_be_as_fast", 1e6, {{8'000'000, 0, {}}}, {{0, 4'000'000}}},
    {"more_of_one_that_is_slower", 3e6, {{8'000'000, 0, 1e6}}, {{0, 6'000'000}}},
    {"less_of_one_that_is_faster", 1e6, {{8'000'000, 0, 3e6}}, {{0, 2'000'000}}},
    {"the_one_that_takes_longest_not_the_largest", 1e6, {{9'000'000, 0, 9e6}, {4'000'000, 0, 1e6}}, {{1, 2'000'000}}},
    {"all_of_one_that_crawls", 4e6, {{8'000'000, 0, 2e5}}, {{0, 8'000'000}}},
    {"all_of_one_that_has_stalled", 4e6, {{1000, 0, 0.0}}, {{0, 1000}}},
    {"nothing_of_one_that_has_nothing_more_to_give", 4e6, {{0, 0, 0.0}}, std::nullopt},
    {"not_what_is_just_arriving", 1e6, {{9'000'000, 1'000'000, 1e6}}, {{0, 4'000'000}}},
    {"first_what_is_not_arriving_of_one_that_has_stalled", 4e6, {{1000, 400, 0.0}}, {{0, 600}}},
    {"what_was_to_arrive_but_does_not", 4e6, {{1000, 1000, 0.0}}, {{0, 1000}}},
    {"nothing_where_it_would_be_a_crumb", 1e6, {{350'000, 0, 5e5}}, std::nullopt},
};

INSTANTIATE_TEST_SUITE_P(By, Sharing, testing::ValuesIn(share_cases),
                         [](const auto& with) { return std::string(with.param.name); });

}  // namespace
}  // namespace regtool
