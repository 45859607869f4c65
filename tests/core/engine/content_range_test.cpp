#include "engine/content_range.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

TEST(ContentRange, reads_what_rfc_9110_allows) {
  EXPECT_EQ(*parse_content_range("bytes 0-99/1000"), (ContentRange{{0, 100}, 1000}));
  EXPECT_EQ(*parse_content_range("bytes 5-5/*"), (ContentRange{{5, 1}, std::nullopt}));
  EXPECT_EQ(*parse_content_range(" Bytes 0-0/1 "), (ContentRange{{0, 1}, 1}));
}

TEST(ContentRange, refuses_anything_else) {
  for (const auto* text : {"", "bytes", "bytes */1000", "0-99/1000", "bytes 99-0/1000", "bytes 0-1000/1000",
                           "bytes 0-99", "bytes 0-99/", "bytes -99/1000", "bytes 0-99/1000x",
                           "bytes 0-99999999999999999999/1", "bytes 0-18446744073709551615/*", "items 0-1/2"}) {
    EXPECT_FALSE(parse_content_range(text)) << text;
  }
}

TEST(RangeHeader, is_inclusive) { EXPECT_EQ(range_header({100, 50}), "bytes=100-149"); }

TEST(UploadRange, counts_the_bytes_that_a_session_has) {
  const std::pair<const char*, std::uint64_t> rows[] = {
      {"0-99", 100}, {"bytes=0-99", 100}, {"bytes 0-99", 100}, {"0-0", 0}, {"", 0}, {"5-9", 0}, {"0-x", 0}, {"0-9x", 0},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(parse_upload_range(text), expected) << text;
}

}  // namespace
}  // namespace regtool
