#include "terminal/text.hpp"

#include <gtest/gtest.h>

namespace regtool::cli {
namespace {

TEST(TerminalText, loses_what_could_steer_a_terminal_but_keeps_its_lines) {
  struct {
    std::string_view text, expected;
  } const rows[] = {
      {"plain", "plain"},
      {"two\nlines\tand a tab", "two\nlines\tand a tab"},
      {"\x1b[31mred\x1b[0m", "?[31mred?[0m"},
      {"back\rwards\b\x7f", "back?wards??"},
      {"\xC2\x9B"
       "31m",
       "?31m"},
      {"größer …", "größer …"},
  };
  for (const auto& row : rows) EXPECT_EQ(without_controls(row.text), row.expected) << row.text;
}

TEST(TerminalText, has_room_for_the_beginnings_of_digests) {
  const std::string digest = "0123456789ab" + std::string(52, 'c');
  EXPECT_EQ(brief_digests("staging/" + digest + ".0"), "staging/0123456789ab….0");
  EXPECT_EQ(brief_digests(digest + "/" + digest), "0123456789ab…/0123456789ab…");
  for (const auto& other : {std::string(), std::string("a file"), digest.substr(1), digest + "0"}) {
    EXPECT_EQ(brief_digests(other), other);
  }
}

TEST(TerminalText, counts_code_points_as_columns) {
  EXPECT_EQ(columns(""), 0U);
  EXPECT_EQ(columns("abc"), 3U);
  EXPECT_EQ(columns("█▌…"), 3U);
}

TEST(TerminalText, fits_exactly_the_width) {
  EXPECT_EQ(fit_left("model", 8), "model   ");
  EXPECT_EQ(fit_left("model", 5), "model");
  EXPECT_EQ(fit_left("template", 5), "temp…");
  EXPECT_EQ(fit_right("45%", 5), "  45%");
  EXPECT_EQ(fit_right("template", 5), "temp…");
  EXPECT_EQ(fit_tail("blk.12.attn_q.weight", 9), "…q.weight");
  EXPECT_EQ(fit_tail("größe", 3), "…ße");
  for (const auto* text : {"", "a", "größe", "something long"}) {
    for (std::size_t width = 0; width < 12; ++width) {
      EXPECT_EQ(columns(fit_left(text, width)), width);
      EXPECT_EQ(columns(fit_tail(text, width)), width);
      EXPECT_EQ(columns(fit_right(text, width)), width);
    }
  }
}

}  // namespace
}  // namespace regtool::cli
