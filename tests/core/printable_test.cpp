#include "base/printable.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

struct Case {
  std::string foreign;
  std::string shown;
};

class Printable : public testing::TestWithParam<Case> {};

TEST_P(Printable, is_one_harmless_line) { EXPECT_EQ(printable(GetParam().foreign), GetParam().shown); }

INSTANTIATE_TEST_SUITE_P(Texts, Printable,
                         testing::Values(Case{"manifest unknown", "manifest unknown"},  //
                                         Case{"two\r\nlines\tand  gaps ", "two lines and gaps"},
                                         Case{"\x1b[31mred\x07", "[31mred"},       // C0
                                         Case{"a\u009b31mb", "a 31mb"},            // C1: CSI in one character
                                         Case{"abc\u202etxt.exe", "abc txt.exe"},  // right-to-left override
                                         Case{"a\u2028b\u200bc\ufeff", "a b c"},   // line separator, zero width
                                         Case{"h\u00e9 \u4f60\U0001f600", "h\u00e9 \u4f60\U0001f600"},
                                         Case{"\xff\xc0\xaf|\xed\xa0\x80|\xe4\xbd", "???|???|??"},
                                         Case{std::string("a\0b", 3), "a b"}, Case{"", ""}));

TEST(PrintableLimit, cuts_between_characters_and_says_so) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdefg", 6), "abcdef\u2026");
  EXPECT_EQ(printable("abcd\u4f60", 6), "abcd\u2026");
}

}  // namespace
}  // namespace regtool
