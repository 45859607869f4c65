#include "base/json.hpp"

#include <gtest/gtest.h>
#include <string>

namespace regtool {
namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(Json, gives_members_by_name) {
  const auto json = parse_json(R"( {"name": "a\u00e9", "count": 3, "none": null} )");
  ASSERT_TRUE(json) << json.error().message;
  EXPECT_EQ(json_text(*json, "name"), "a\u00e9");
  ASSERT_NE(json_member(*json, "count"), nullptr);
  EXPECT_EQ(json_member(*json, "count")->GetUint64(), 3U);
  EXPECT_NE(json_member(*json, "none"), nullptr);
}

TEST(Json, members_that_are_absent_or_of_another_type_have_no_text) {
  const auto json = parse_json(R"({"count": 3})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json_member(*json, "name"), nullptr);
  EXPECT_EQ(json_text(*json, "count"), "");
  EXPECT_EQ(json_text(*json_member(*json, "count"), "anything"), "");
}

TEST(Json, takes_64_levels_and_refuses_the_65th) {
  EXPECT_TRUE(parse_json(nested(64)));
  const auto deeper = parse_json(nested(65));
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().code, Errc::protocol);
  EXPECT_EQ(deeper.error().message, "JSON nested deeper than 64 levels");
}

TEST(Json, depth_counts_levels_and_not_siblings) {
  std::string siblings = "[";
  for (int i = 0; i < 1000; ++i) siblings += "{},[],";
  EXPECT_TRUE(parse_json(siblings + "0]"));
}

TEST(Json, survives_a_million_brackets) {
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
  EXPECT_FALSE(parse_json(objects));
}

class BadJson : public testing::TestWithParam<std::string> {};

TEST_P(BadJson, is_a_protocol_error_in_one_line) {
  const auto json = parse_json(GetParam());
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().code, Errc::protocol);
  EXPECT_TRUE(json.error().message.starts_with("not JSON: ")) << json.error().message;
  EXPECT_EQ(json.error().message.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Texts, BadJson,
                         testing::Values("", "   ", "{", "{]", "[1,]", "{} {}", "// comment\n{}", "<html>", "\"\xff\"",
                                         std::string("{}\0{}", 5), std::string("\0", 1), "{\"a\" 1}", "nul"));

}  // namespace
}  // namespace regtool
