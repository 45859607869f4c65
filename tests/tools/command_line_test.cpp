#include "command_line.hpp"

#include "commands/commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <sstream>

namespace regtool::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CommandLineTest : public testing::Test {
 protected:
  Result<ParsedLine> parse(const std::vector<std::string>& words) { return parse_command_line(words, commands_); }

  std::string command_of(const std::vector<std::string>& words) {
    const auto line = parse(words);
    return line && line->command != nullptr ? line->command->info().name : "";
  }

  const std::vector<std::unique_ptr<Command>> commands_ = all_commands();
};

TEST_F(CommandLineTest, finds_the_command) {
  EXPECT_EQ(command_of({"pull", "gemma"}), "pull");
  EXPECT_EQ(command_of({"cp", "a", "b"}), "cp");
  EXPECT_EQ(command_of({"plugin", "show", "poco"}), "plugin show");
}

TEST_F(CommandLineTest, a_group_by_itself_means_its_first_command) {
  EXPECT_EQ(command_of({"plugin"}), "plugin list");
  EXPECT_EQ(command_of({"key"}), "key show");
}

TEST_F(CommandLineTest, takes_options_of_every_command_before_it_and_after_it) {
  for (const auto& words : {std::vector<std::string>{"--json", "-v", "--set", "a=1", "--set=b=2", "list", "gem"},
                            std::vector<std::string>{"list", "gem", "--set", "a=1", "--json", "--set", "b=2", "-v"}}) {
    const auto line = parse(words);
    ASSERT_TRUE(line) << line.error().message;
    EXPECT_TRUE(line->options.json);
    EXPECT_EQ(line->options.verbose, 1);
    EXPECT_THAT(line->options.set, ElementsAre("a=1", "b=2"));
  }
}

TEST_F(CommandLineTest, knows_the_styles_of_progress) {
  EXPECT_EQ(parse({"list"})->options.progress, ProgressStyle::automatic);
  EXPECT_EQ(parse({"--progress", "json", "list"})->options.progress, ProgressStyle::json);
  EXPECT_EQ(parse({"--progress=none", "list"})->options.progress, ProgressStyle::none);
  EXPECT_FALSE(parse({"--progress", "fancy", "list"}));
}

TEST_F(CommandLineTest, mistakes_are_one_line_with_what_was_probably_meant) {
  struct {
    std::vector<std::string> words;
    std::string_view expected;
  } const rows[] = {
      {{}, "no command given; see regtool --help"},
      {{"pul", "gemma"}, "unknown command \"pul\"; did you mean \"pull\"?"},
      {{"gemma"}, "unknown command \"gemma\"; see regtool --help"},
      {{"plugin", "lst"}, "unknown command \"lst\"; did you mean \"list\"?"},
      {{"pull", "gemma", "--insecur"}, "unknown option \"--insecur\"; did you mean \"--insecure\"?"},
      {{"pull", "gemma", "--jsn"}, "unknown option \"--jsn\"; did you mean \"--json\"?"},
      {{"--confg=x", "list"}, "unknown option \"--confg\"; did you mean \"--config\"?"},
      {{"list", "--frobnicate"}, "unknown option \"--frobnicate\"; see regtool list --help"},
      {{"cp", "a", "b", "c"}, "one argument too many: \"c\"; see regtool cp --help"},
      {{"pull"}, "NAME is required; see regtool pull --help"},
      {{"pull", "a", "--connections", "0"}, "--connections: Value 0 not in range 1 to 1024; see regtool pull --help"},
      {{"--progress", "fancy", "list"},
       "--progress: \"fancy\" is none of auto, bar, plain, json and none; see regtool list --help"},
  };
  for (const auto& row : rows) {
    const auto line = parse(row.words);
    ASSERT_FALSE(line) << row.expected;
    EXPECT_EQ(line.error().code, Errc::invalid_argument);
    EXPECT_EQ(line.error().message, row.expected);
  }
}

TEST_F(CommandLineTest, help_lists_the_commands) {
  const auto line = parse({"--help"});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->command, nullptr);
  for (const auto* name : {"pull", "push", "list", "show", "rm", "cp", "verify", "key", "plugin", "version"}) {
    EXPECT_THAT(line->help, HasSubstr(std::string("\n  ") + name + ' '));
  }
}

TEST_F(CommandLineTest, help_of_every_command_describes_it_and_has_an_example) {
  for (const auto& command : commands_) {
    std::vector<std::string> words;
    const std::string name = command->info().name;
    const auto space = name.find(' ');
    words.push_back(name.substr(0, space));
    if (space != std::string::npos) words.push_back(name.substr(space + 1));
    words.push_back("--help");
    const auto line = parse(words);
    ASSERT_TRUE(line) << name;
    EXPECT_THAT(line->help, HasSubstr(command->info().description));
    EXPECT_THAT(line->help, HasSubstr("Example:\n  regtool " + name));
  }
}

TEST_F(CommandLineTest, help_fits_a_terminal_of_80_columns) {
  std::vector<std::vector<std::string>> all{{"--help"}, {"key", "--help"}, {"plugin", "--help"}, {"config", "--help"}};
  for (const auto& command : commands_) {
    std::istringstream name(command->info().name);
    all.emplace_back(std::istream_iterator<std::string>(name), std::istream_iterator<std::string>());
    all.back().emplace_back("--help");
  }
  for (const auto& words : all) {
    std::istringstream help(parse(words)->help);
    for (std::string line; std::getline(help, line);) EXPECT_LE(line.size(), 80U) << line;
  }
}

TEST_F(CommandLineTest, understands_what_people_type_before_they_know_it) {
  EXPECT_EQ(command_of({"--version"}), "version");
  EXPECT_EQ(parse({"help"})->help, parse({"--help"})->help);
  EXPECT_EQ(parse({"help", "key", "new"})->help, parse({"key", "new", "--help"})->help);
}

}  // namespace
}  // namespace regtool::cli
