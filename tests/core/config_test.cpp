#include <regtool/config.hpp>

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace regtool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

TEST(ParseSize, reads_powers_of_1024) {
  const struct {
    const char* text;
    std::uint64_t bytes;
  } table[] = {{"0", 0},
               {"4096", 4096},
               {"64K", 65536},
               {"4M", 4194304},
               {"4m", 4194304},
               {"1.5G", 1610612736},
               {"2T", 2199023255552},
               {"0.5K", 512},
               {"1.000001M", 1048577},
               {"9223372036854775807", std::numeric_limits<std::int64_t>::max()}};
  for (const auto& row : table) EXPECT_EQ(parse_size(row.text).value_or(~0ull), row.bytes) << row.text;
}

TEST(ParseSize, refuses_what_is_no_size) {
  for (const char* text : {"", "K", "-1", "+1", "1 K", "1X", "1KB", ".5K", "1.K", "1.2.3K", "1.0000001K", "0x10", "1e3",
                           "9223372036854775808", "99999999999T", "NaN", " 1"}) {
    const auto size = parse_size(text);
    ASSERT_FALSE(size) << text;
    EXPECT_EQ(size.error().code, Errc::invalid_argument);
    EXPECT_THAT(size.error().message, HasSubstr("is not a size such as 4096, 64K"));
  }
}

TEST(ParseDuration, reads_a_number_with_its_unit) {
  const struct {
    const char* text;
    std::chrono::milliseconds duration;
  } table[] = {{"0", 0ms}, {"250ms", 250ms}, {"20s", 20s}, {"1.5s", 1500ms}, {"5m", 5min},
               {"1h", 1h}, {"8760h", 8760h}, {"7d", 168h}, {"1.5D", 36h},    {"365d", 8760h}};
  for (const auto& row : table) EXPECT_EQ(parse_duration(row.text).value_or(-1ms), row.duration) << row.text;
}

TEST(ParseDuration, refuses_what_is_no_duration) {
  for (const char* text : {"", "20", "s", "-1s", "1 s", "1w", "8761h", "366d", "99999999999999999999s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(ParseDuration, says_what_is_wrong_in_one_line) {
  EXPECT_EQ(parse_duration("1\n2").error().message.find('\n'), std::string::npos);
}

TEST(ParseInteger, reads_decimal_digits_only) {
  EXPECT_EQ(parse_integer("18446744073709551615").value(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parse_integer("007").value(), 7u);
  for (const char* text : {"", "-1", "1.0", "0x1", "18446744073709551616", "1 "})
    EXPECT_FALSE(parse_integer(text)) << text;
}

TEST(ParseBoolean, knows_true_and_false_only) {
  EXPECT_TRUE(parse_boolean("true").value());
  EXPECT_FALSE(parse_boolean("false").value());
  for (const char* text : {"", "yes", "1", "True"}) EXPECT_FALSE(parse_boolean(text)) << text;
}

TEST(ExpandHome, replaces_a_leading_tilde_only) {
  const char* variable = std::getenv("HOME");
  const std::string home = variable == nullptr ? std::getenv("USERPROFILE") : variable;
  EXPECT_EQ(expand_home("~"), home);
  EXPECT_EQ(expand_home("~/"), home);
  EXPECT_EQ(expand_home("~/.ollama/models"), home + "/.ollama/models");
  EXPECT_EQ(expand_home("~other/models"), "~other/models");
  EXPECT_EQ(expand_home("/a/~"), "/a/~");
  EXPECT_EQ(expand_home(""), "");
}

constexpr Option table[] = {
    {"bucket", OptionType::text, "", "Where blobs go."},        {"retries", OptionType::integer, "6", "How often."},
    {"part-size", OptionType::size, "4M", "How much at once."}, {"wait", OptionType::duration, "20s", "How long."},
    {"direct", OptionType::boolean, "false", "Straight away."}, {"ca", OptionType::path, "", "Whom to trust."},
    {"password", OptionType::secret, "", "Never shown."},       {"hosts", OptionType::list, "a, b", "Which."},
    {"limit", OptionType::size, "", "Unset means none."},
};

TEST(Config, fills_up_with_the_defaults) {
  const auto config = Config::make(table, {{"bucket", "models"}, {"part-size", "8M"}}).value();
  EXPECT_EQ(config.text("bucket"), "models");
  EXPECT_EQ(config.size("part-size"), 8u << 20);
  EXPECT_EQ(config.integer("retries"), 6u);
  EXPECT_EQ(config.duration("wait"), 20s);
  EXPECT_FALSE(config.boolean("direct"));
  EXPECT_TRUE(config.path("ca").empty());
  EXPECT_THAT(config.list("hosts"), ElementsAre("a", "b"));
  EXPECT_EQ(config.size("limit"), 0u);
}

TEST(Config, list_leaves_out_what_is_empty) {
  const auto hosts = [](const char* text) { return Config::make(table, {{"hosts", text}}).value().list("hosts"); };
  EXPECT_THAT(hosts(""), ElementsAre());
  EXPECT_THAT(hosts("x"), ElementsAre("x"));
  EXPECT_THAT(hosts(" x ,, y,"), ElementsAre("x", "y"));
}

TEST(Config, refuses_an_unknown_name_with_the_nearest_known_one) {
  const auto config = Config::make(table, {{"buket", "models"}});
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, Errc::invalid_argument);
  EXPECT_EQ(config.error().message, "unknown option \"buket\"; did you mean \"bucket\"?");
}

TEST(Config, refuses_a_bad_value_and_names_the_option) {
  const auto config = Config::make(table, {{"retries", "many"}});
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().message, "retries: \"many\" is not a whole number");
  EXPECT_FALSE(Config::make(table, {{"retries", ""}})) << "an option with a default cannot be unset";
}

}  // namespace
}  // namespace regtool
