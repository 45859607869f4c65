#include "common/staging_journal.hpp"

#include "common/checked_line.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

constexpr JournalOwner owner{42, 1000};

RangeSet ranges(std::initializer_list<Range> list) {
  RangeSet set;
  for (const auto& range : list) set.add(range);
  return set;
}

TEST(StagingJournal, says_what_the_last_line_says) {
  const auto first = journal_line(owner, ranges({{0, 100}}));
  const auto second = journal_line(owner, ranges({{0, 200}, {500, 500}}));
  EXPECT_EQ(parse_journal(first, owner), ranges({{0, 100}}));
  EXPECT_EQ(parse_journal(first + second, owner), ranges({{0, 200}, {500, 500}}));
  EXPECT_EQ(parse_journal(second + first, owner), ranges({{0, 100}}));
}

TEST(StagingJournal, falls_back_to_the_line_before_wherever_it_is_cut) {
  const auto first = journal_line(owner, ranges({{0, 100}}));
  const auto second = journal_line(owner, ranges({{0, 200}, {500, 500}}));
  const auto whole = first + second;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto expected = length < first.size() ? RangeSet() : ranges({{0, 100}});
    EXPECT_EQ(parse_journal(whole.substr(0, length), owner), expected) << length;
  }
}

TEST(StagingJournal, does_not_believe_a_line_with_any_byte_changed) {
  const auto line = journal_line(owner, ranges({{0, 100}}));
  for (std::size_t at = 0; at < line.size(); ++at) {
    auto changed = line;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_TRUE(parse_journal(changed, owner).empty()) << at;
  }
}

TEST(StagingJournal, says_nothing_of_another_file_or_size) {
  const auto line = journal_line(owner, ranges({{0, 100}}));
  EXPECT_TRUE(parse_journal(line, {43, 1000}).empty());
  EXPECT_TRUE(parse_journal(line, {42, 1001}).empty());
}

class BadLine : public testing::TestWithParam<const char*> {};

TEST_P(BadLine, counts_for_nothing) {
  EXPECT_TRUE(parse_journal(checked_line(GetParam()), owner).empty());
  EXPECT_TRUE(parse_journal(std::string(GetParam()) + "\n", owner).empty());
}

constexpr const char* bad_lines[] = {
    "",
    "1",
    "1 42",
    "2 42 1000 0+100",
    "1 42 1000 0+1001",
    "1 42 1000 1001+0",
    "1 42 1000 900+101",
    "1 42 1000 1+18446744073709551615",
    "1 42 1000 18446744073709551616+1",
    "1 42 1000 0-100",
    "1 42 1000 0+100 x",
    "1 42 1000 -1+5",
    "1 42 1000 0+100  200+5",
    "1 42 1000 +5",
    "1 42 1000 5+",
};
INSTANTIATE_TEST_SUITE_P(Lines, BadLine, testing::ValuesIn(bad_lines));

TEST(StagingJournal, takes_a_line_without_ranges) {
  const auto line = journal_line(owner, RangeSet());
  EXPECT_TRUE(parse_journal(journal_line(owner, ranges({{0, 100}})) + line, owner).empty());
}

}  // namespace
}  // namespace regtool
