#include "engine/chunk_sums.hpp"

#include "digest_of.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

// The body of an answer, with A and B in place of their digests.
std::string text_of(std::string pattern) {
  for (const auto* letter : {"A", "B"}) {
    if (const auto at = pattern.find(letter); at != pattern.npos) pattern.replace(at, 1, digest_of(letter).text());
  }
  return pattern;
}

TEST(ChunkSums, are_pairs_of_digest_and_inclusive_range_whatever_the_white_space) {
  const std::vector<ChunkSum> expected{{digest_of("A"), {0, 100}}, {digest_of("B"), {100, 50}}};
  for (const auto* text : {"A 0-99\nB 100-149\n", "A 0-99 B 100-149", "\r\n A\t0-99\r\n\r\nB 100-149"}) {
    EXPECT_EQ(*parse_chunk_sums(text_of(text), 150), expected) << text;
  }
  EXPECT_TRUE(parse_chunk_sums("\n", 0)->empty());
}

TEST(ChunkSums, are_refused_unless_they_cover_the_blob_in_order_and_without_a_gap) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "pair 1: is missing"},
      {"A 0-99", "pair 2: is missing"},
      {"A", "pair 1: not a range"},
      {"A 0-99 B", "pair 2: not a range"},
      {"0-99 A", "pair 1: not a digest"},
      {"md5:00 0-149", "pair 1: not a digest"},
      {"A 0", "pair 1: not a range"},
      {"A 0-", "pair 1: not a range"},
      {"A -0-149", "pair 1: not a range"},
      {"A 5-4", "pair 1: not a range"},
      {"A 0-0x95", "pair 1: not a range"},
      {"A 0-99999999999999999999", "pair 1: not a range"},
      {"A 1-149", "pair 1: does not begin"},
      {"A 0-99 B 101-149", "pair 2: does not begin"},
      {"A 0-99 B 99-149", "pair 2: does not begin"},
      {"A 0-150", "pair 1: goes beyond"},
      {"A 0-99 B 100-18446744073709551614", "pair 2: goes beyond"},
      {"A 0-149 B 150-150", "pair 2: goes beyond"},
      {"A 0-18446744073709551615", "pair 1: not a range"},
      {"A 0-149 <html>", "pair 2: not a digest"},
  };
  for (const auto& [text, why] : rows) {
    const auto sums = parse_chunk_sums(text_of(text), 150);
    ASSERT_FALSE(sums) << text;
    EXPECT_EQ(sums.error().code, Errc::protocol) << text;
    EXPECT_THAT(sums.error().message, HasSubstr(why)) << text;
  }
}

}  // namespace
}  // namespace regtool
