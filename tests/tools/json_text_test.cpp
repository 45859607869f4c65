#include "json_text.hpp"

#include <gtest/gtest.h>

namespace regtool::cli {
namespace {

TEST(JsonText, writes_what_it_is_told_in_that_order) {
  JsonText json;
  json.begin_object().field("name", "a \"b\"\n").field("size", std::uint64_t{18'446'744'073'709'551'615U});
  json.field("done", true).key("left").null().key("list").begin_array().value("x").raw("{\"y\":1}").end_array();
  EXPECT_EQ(json.end_object().text(),
            R"({"name":"a \"b\"\n","size":18446744073709551615,"done":true,"left":null,"list":["x",{"y":1}]})");
}

TEST(JsonText, is_valid_whatever_bytes_it_is_given) {
  const auto quoted = [](std::string_view text) { return JsonText().value(text).text(); };
  struct {
    std::string_view text, expected;
  } const rows[] = {
      {"größe", "\"größe\""},
      {"a\xFFz", "\"a\uFFFDz\""},
      {"cut \xE2\x96", "\"cut \uFFFD\uFFFD\""},
      {"\xC0\xAF", "\"\uFFFD\uFFFD\""},
      {std::string_view("nul\0!", 5), "\"nul\\u0000!\""},
      {"\x1b[31m", "\"\\u001B[31m\""},
  };
  for (const auto& row : rows) EXPECT_EQ(quoted(row.text), row.expected);
}

}  // namespace
}  // namespace regtool::cli
