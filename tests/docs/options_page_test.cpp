#include "process.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace regtool {
namespace {

TEST(OptionsPage, is_what_the_program_says_of_its_options) {
  std::ifstream file(OPTIONS_PAGE);
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), run_checked({{REGTOOL_PROGRAM, "config", "options"}}))
      << "to bring it up to date: regtool config options > docs/options.md";
}

}  // namespace
}  // namespace regtool
