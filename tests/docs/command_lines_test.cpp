// The command lines that the pages show are ones that the program's own parser takes, and docs/commands.md names every
// command and every option that there is.

#include "command_line.hpp"
#include "commands/commands.hpp"
#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex>
#include <set>
#include <sstream>
#include <wordexp.h>

namespace regtool::cli {
namespace {

namespace fs = std::filesystem;

struct Shown {
  std::string where;
  std::string line;  // as one would type it
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> matches_of(const std::string& text, const std::regex& pattern, std::size_t group = 0) {
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) found.push_back((*at)[group]);
  return found;
}

std::vector<fs::path> pages() {
  std::vector<fs::path> found{fs::path(SOURCE_ROOT) / "README.md"};
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_ROOT) / "docs")) {
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  }
  return found;
}

// The commands that begin with "regtool " in the shell blocks of a page. Its output is not mistaken for one: that
// begins with other words.
std::vector<Shown> shown_in(const fs::path& page) {
  static const std::regex fence("```(.*)"), command("(?:\\$ )?regtool (.*)");
  std::vector<Shown> found;
  std::string language;
  std::smatch match;
  for (const auto& line : lines_of(read_file(page))) {
    if (std::regex_match(line, match, fence)) {
      language = language.empty() && match[1].length() > 0 ? match[1].str() : "";
    } else if ((language == "sh" || language == "console") && std::regex_match(line, match, command)) {
      found.push_back({page.filename().string(), match[1]});
    }
  }
  return found;
}

// The first cell of each row of the table below `header`; "\|" is a bar in a cell.
std::vector<std::string> first_cells(const fs::path& page, const std::string& header) {
  static const std::regex cell("\\| (.*?[^\\\\]) \\|.*");
  std::vector<std::string> found;
  bool inside = false;
  std::smatch match;
  for (const auto& line : lines_of(read_file(page))) {
    inside = line.starts_with(inside ? "|" : "| " + header + " |");
    if (inside && std::regex_match(line, match, cell)) found.push_back(match[1]);
  }
  if (!found.empty()) found.erase(found.begin());
  return found;
}

std::vector<std::string> code_spans(const std::string& text) { return matches_of(text, std::regex("`([^`]+)`"), 1); }

std::set<std::string> options_in(const std::string& text) {
  const auto found = matches_of(text, std::regex("--[a-z][a-z-]*"));
  return {found.begin(), found.end()};
}

// The words as a shell would split them, up to what is none of the command's: a comment, a pipe, a redirection, "&".
std::vector<std::string> shell_words(const std::string& line) {
  static const std::regex rest(" +(?:[#|>&]).*| 2>.*");
  const auto command = std::regex_replace(line, rest, "");
  wordexp_t expanded{};
  if (wordexp(command.c_str(), &expanded, WRDE_NOCMD) != 0) throw std::runtime_error("no shell takes: " + line);
  std::vector<std::string> words(expanded.we_wordv, expanded.we_wordv + expanded.we_wordc);
  wordfree(&expanded);
  return words;
}

std::string options_section(const std::string& help) {
  const auto begin = help.find("\nOptions:");
  return help.substr(begin, help.find("\n\n", begin) - begin);
}

// "pull NAME… [--connections N]" with everything that may be left out, as somebody might type it.
std::string filled_in(std::string usage) {
  usage = std::regex_replace(usage, std::regex("\\[|\\]|…"), "");
  usage = std::regex_replace(usage, std::regex("\\\\\\|.*"), "");
  return std::regex_replace(usage, std::regex("\\bN\\b"), "4");
}

class CommandLines : public testing::Test {
 protected:
  Result<ParsedLine> parse(const std::string& line) { return parse_command_line(shell_words(line), commands_); }

  void expect_accepted(const Shown& shown) {
    const auto parsed = parse(shown.line);
    EXPECT_TRUE(parsed) << shown.where << ": regtool " << shown.line << ": " << parsed.error().message;
  }

  std::string help_of(const std::string& command) { return parse(command + " --help").value().help; }

  const std::vector<std::unique_ptr<Command>> commands_ = all_commands();
  const fs::path page_ = fs::path(SOURCE_ROOT) / "docs" / "commands.md";
};

TEST_F(CommandLines, of_the_pages_are_accepted) {
  std::size_t count = 0;
  for (const auto& page : pages()) {
    for (const auto& shown : shown_in(page)) {
      expect_accepted(shown);
      ++count;
    }
  }
  EXPECT_GT(count, 10U) << "the blocks were not found";
}

// In a sentence a command may be mentioned without its arguments.
TEST_F(CommandLines, in_the_text_of_the_pages_are_accepted) {
  std::size_t count = 0;
  for (const auto& page : pages()) {
    for (const auto& span : code_spans(read_file(page))) {
      if (!span.starts_with("regtool ") || span.find('\n') != std::string::npos) continue;
      const auto line = std::regex_replace(span.substr(8), std::regex("\\bCOMMAND\\b"), "list");
      if (!parse(line + " NAME") && !parse(line + " NAME NAME")) expect_accepted({page.filename().string(), line});
      ++count;
    }
  }
  EXPECT_GT(count, 0U) << "no commands were found";
}

TEST_F(CommandLines, of_the_programs_own_help_are_accepted) {
  for (const auto& command : commands_) {
    for (const auto& line : lines_of(command->info().example)) {
      ASSERT_TRUE(line.starts_with("  regtool ")) << line;
      expect_accepted({command->info().name, line.substr(10)});
    }
  }
}

TEST_F(CommandLines, of_the_page_of_commands_name_every_command_with_all_its_options) {
  std::set<std::string> left;
  for (const auto& command : commands_) left.insert(command->info().name);
  for (const auto& cell : first_cells(page_, "command")) {
    for (const auto& usage : code_spans(cell)) {
      const auto parsed = parse(filled_in(usage));
      ASSERT_TRUE(parsed) << usage << ": " << parsed.error().message;
      const std::string name = parsed->command->info().name;
      left.erase(name);
      auto options = options_in(options_section(help_of(name)));
      options.erase("--help");
      EXPECT_EQ(options_in(usage), options) << usage;
    }
  }
  EXPECT_THAT(left, testing::IsEmpty());
}

TEST_F(CommandLines, of_the_page_of_commands_name_every_option_of_every_command) {
  auto left = options_in(help_of(""));
  for (const auto& cell : first_cells(page_, "option")) {
    for (const auto& usage : code_spans(cell)) {
      expect_accepted({"commands.md", filled_in(usage) + " version"});
      for (const auto& name : options_in(usage)) left.erase(name);
    }
  }
  // They have short names, too, which the page uses; the help of a command is a paragraph of its own.
  for (const auto* known : {"--help", "--quiet", "--verbose"}) left.erase(known);
  EXPECT_THAT(left, testing::IsEmpty());
}

}  // namespace
}  // namespace regtool::cli
