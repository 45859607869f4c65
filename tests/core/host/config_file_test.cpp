#include "host/config_file.hpp"

#include "temp_dir.hpp"

#include <gmock/gmock.h>

namespace regtool {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Result<ConfigNode> parse(std::string_view text) { return parse_config(text, {"c.json"}); }

std::string problem(std::string_view text) {
  const auto tree = parse(text);
  if (tree) return "none";
  EXPECT_EQ(tree.error().code, Errc::invalid_argument);
  return tree.error().message;
}

TEST(ConfigFile, keeps_keys_in_order_and_scalars_as_written) {
  const auto tree = parse(R"({"b": "x\ty", "a": 1.50, "d": true, "c": ["1", 2], "e": {}})").value();
  ASSERT_EQ(tree.children.size(), 5u);
  EXPECT_EQ(tree.children[0].name, "b");
  EXPECT_EQ(tree.find("b")->text, "x\ty");
  EXPECT_EQ(tree.find("a")->text, "1.50");
  EXPECT_EQ(tree.find("d")->text, "true");
  EXPECT_EQ(tree.find("c")->kind, ConfigNode::Kind::list);
  EXPECT_EQ(tree.find("c")->children[1].text, "2");
  EXPECT_TRUE(tree.find("e")->is_object());
  EXPECT_EQ(tree.find("f"), nullptr);
}

TEST(ConfigFile, knows_where_every_key_and_value_stands) {
  const auto tree = parse(
                        "\xef\xbb\xbf{ // comment, with: punctuation {\n"
                        "  \"store\" /* odd */ :\n"
                        "    { \"root\": \"/a\", },\n"
                        "  \"l\xc3\xa4nge\": [1,\n"
                        "    22 /*,*/, \"\\\"\",], \"n\": false\n"
                        "}")
                        .value();
  const auto& store = *tree.find("store");
  EXPECT_EQ(tree.origin.text(), "c.json:1:1");
  EXPECT_EQ(store.name_origin.text(), "c.json:2:3");
  EXPECT_EQ(store.origin.text(), "c.json:3:5");
  EXPECT_EQ(store.find("root")->name_origin.text(), "c.json:3:7");
  EXPECT_EQ(store.find("root")->origin.text(), "c.json:3:15");
  const auto& list = *tree.find("l\xc3\xa4nge");
  EXPECT_EQ(list.origin.text(), "c.json:4:12");
  EXPECT_EQ(list.children[0].origin.text(), "c.json:4:13");
  EXPECT_EQ(list.children[1].origin.text(), "c.json:5:5");
  EXPECT_EQ(list.children[2].origin.text(), "c.json:5:15");
  EXPECT_EQ(tree.find("n")->name_origin.text(), "c.json:5:23");
  EXPECT_EQ(tree.find("n")->origin.text(), "c.json:5:28");
}

TEST(ConfigFile, refuses_with_the_position) {
  const struct {
    std::string text, message;
  } table[] = {
      {"", "c.json:1:1: The document is empty."},
      {"// nothing\n", "c.json:2:1: The document is empty."},
      {"[]", "c.json:1:1: expected {"},
      {"{\n  \"a\": 1\n  \"b\": 2\n}", "c.json:3:3: Missing a comma or '}' after an object member."},
      {"{\"a\": 1, \"a\": 2}", "c.json:1:10: \"a\" is here a second time"},
      {"{\"a\":\n  null}", "c.json:2:3: null says nothing: leave the key out"},
      {"{} x", "c.json:1:4: The document root must not be followed by other values."},
      {"{\"a\": 'x'}", "c.json:1:7: Invalid value."},
      {std::string("{\n}\0{", 5), "c.json:2:2: a NUL byte"},
  };
  for (const auto& row : table) EXPECT_EQ(problem(row.text), row.message) << row.text;
}

TEST(ConfigFile, refuses_text_that_is_not_utf8) { EXPECT_THAT(problem("{\"a\": \"\xff\"}"), StartsWith("c.json:1:")); }

TEST(ConfigFile, same_key_in_two_objects_is_no_repetition) {
  EXPECT_EQ(problem(R"({"a": {"x": 1}, "b": {"x": 1, "a": {}}})"), "none");
}

TEST(ConfigFile, bounds_depth_and_size) {
  const auto nested = [](std::size_t levels) {
    return "{\"a\": " + std::string(levels, '[') + std::string(levels, ']') + "}";
  };
  EXPECT_EQ(problem(nested(31)), "none");
  EXPECT_THAT(problem(nested(32)), HasSubstr(": nested too deeply"));
  EXPECT_THAT(problem(nested(100'000)), HasSubstr(": nested too deeply"));
  EXPECT_EQ(problem("{}" + std::string((1 << 20) - 2, ' ')), "none");
  EXPECT_EQ(problem("{}" + std::string((1 << 20) - 1, ' ')), "c.json: is larger than 1 MiB");
}

TEST(ConfigFile, reads_a_file_and_remembers_its_folder) {
  const TempDir folder;
  const auto file = folder.write("config.json", "{\"ca\": \"corp.pem\"}");
  const auto tree = read_config_file(file).value();
  EXPECT_EQ(tree.find("ca")->origin.text(), file.string() + ":1:8");
  EXPECT_EQ(tree.find("ca")->origin.folder, folder.path());
}

TEST(ConfigFile, says_which_file_cannot_be_read) {
  const TempDir folder;
  const auto missing = folder.path() / "missing.json";
  EXPECT_EQ(read_config_file(missing).error().message, "config file " + missing.string() + ": there is no such file");
  EXPECT_EQ(read_config_file(folder.path()).error().message, "config file " + folder.path().string() + ": is a folder");
}

ConfigNode merged(std::string_view base, std::string_view over) {
  auto tree = parse_config(base, {"base"}).value();
  merge(tree, parse_config(over, {"over"}).value());
  return tree;
}

TEST(Merge, goes_key_by_key_and_keeps_the_origins) {
  const auto tree = merged(R"({"a": {"x": 1, "y": 2}, "b": [1]})", R"({"a": {"y": 3}, "b": [2, 3], "c": 4})");
  EXPECT_EQ(tree.find("a")->find("x")->text, "1");
  EXPECT_EQ(tree.find("a")->find("x")->origin.source, "base");
  EXPECT_EQ(tree.find("a")->find("y")->text, "3");
  EXPECT_EQ(tree.find("a")->find("y")->origin.source, "over");
  EXPECT_EQ(tree.find("b")->children.size(), 2u);
  EXPECT_EQ(tree.find("c")->text, "4");
}

TEST(Merge, another_plugin_drops_the_options_of_the_first) {
  const auto tree = merged(R"({"store": {"plugin": "filesystem", "root": "/a"}})", R"({"store": {"plugin": "s3"}})");
  EXPECT_EQ(tree.find("store")->find("root"), nullptr);
  EXPECT_EQ(tree.find("store")->find("plugin")->text, "s3");
}

TEST(Merge, same_plugin_keeps_them) {
  const auto tree = merged(R"({"store": {"plugin": "s3", "bucket": "a"}})", R"({"store": {"plugin": "s3"}})");
  EXPECT_EQ(tree.find("store")->find("bucket")->text, "a");
}

}  // namespace
}  // namespace regtool
