#include "terminal/screen.hpp"

#include <gtest/gtest.h>

namespace regtool::cli {
namespace {

class ScreenTest : public testing::Test {
 protected:
  // What was written since the last call.
  std::string written() { return std::exchange(written_, {}); }

  std::string written_;
  Screen screen_{[this](std::string_view text) { written_ += text; }};
};

TEST_F(ScreenTest, prints_lines) {
  screen_.print("warning: something");
  EXPECT_EQ(written(), "warning: something\n");
}

TEST_F(ScreenTest, redraws_its_live_lines_in_place) {
  screen_.show({}, {"one", "two"}, 80);
  EXPECT_EQ(written(), "one\ntwo\r");
  screen_.show({}, {"1", "2", "3"}, 80);
  EXPECT_EQ(written(), "\r\x1b[1A\x1b[J1\n2\n3\r");
  screen_.show({}, {"single"}, 80);
  EXPECT_EQ(written(), "\r\x1b[2A\x1b[Jsingle\r");
  screen_.show({}, {"single again"}, 80);
  EXPECT_EQ(written(), "\r\x1b[Jsingle again\r");
}

TEST_F(ScreenTest, puts_what_stays_above_the_live_lines) {
  screen_.show({}, {"live"}, 80);
  written();
  screen_.print("warning: something");
  EXPECT_EQ(written(), "\r\x1b[Jwarning: something\nlive\r");
  screen_.show({"finished"}, {"live"}, 80);
  EXPECT_EQ(written(), "\r\x1b[Jfinished\nlive\r");
}

TEST_F(ScreenTest, counts_the_rows_of_lines_that_a_narrower_terminal_has_wrapped) {
  screen_.show({}, {std::string(80, 'a'), std::string(80, 'b')}, 80);
  written();
  screen_.show({}, {"narrow"}, 40);
  EXPECT_EQ(written(), "\r\x1b[3A\x1b[Jnarrow\r");
}

TEST_F(ScreenTest, leaves_nothing_behind_when_cleared) {
  screen_.show({}, {"one", "two"}, 80);
  written();
  screen_.clear();
  EXPECT_EQ(written(), "\r\x1b[1A\x1b[J");
  screen_.clear();
  EXPECT_EQ(written(), "");
  screen_.print("after");
  EXPECT_EQ(written(), "after\n");
}

TEST_F(ScreenTest, draws_nothing_while_somebody_else_has_the_terminal) {
  screen_.show({}, {"live"}, 80);
  written();
  {
    const Screen::Pause pause(screen_);
    EXPECT_EQ(written(), "\r\x1b[J");
    screen_.show({}, {"live"}, 80);
    EXPECT_EQ(written(), "");
  }
  screen_.show({}, {"live"}, 80);
  EXPECT_EQ(written(), "live\r");
}

}  // namespace
}  // namespace regtool::cli
