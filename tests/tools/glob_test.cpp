#include "glob.hpp"

#include <gtest/gtest.h>
#include <string>

namespace regtool::cli {
namespace {

TEST(Glob, matches_names) {
  struct {
    std::string_view pattern, name;
    bool expected;
  } const rows[] = {
      {"", "gemma:2b", true},
      {"gem", "gemma:2b", true},
      {"GEM", "gemma:2b", true},
      {"emma", "gemma:2b", false},
      {"gemma:2b-and-more", "gemma:2b", false},
      {"*", "gemma:2b", true},
      {"*:2b", "gemma:2b", true},
      {"g*:7b", "gemma:2b", false},
      {"gemma:?b", "gemma:2b", true},
      {"gemma:?", "gemma:2b", false},
      {"*/G*:*", "alice/gemma:2b", true},
      {"*a*a*", "alice/gemma:2b", true},
      {"*a*a*a*", "alice/gemma:2b", false},
      {"gemma:2b*", "gemma:2b", true},
  };
  for (const auto& row : rows) EXPECT_EQ(matches(row.pattern, row.name), row.expected) << row.pattern;
}

TEST(Glob, takes_no_exponential_time) {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "*a";
  EXPECT_FALSE(matches(pattern + "b", std::string(20000, 'a')));
}

}  // namespace
}  // namespace regtool::cli
