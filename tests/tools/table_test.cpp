#include "table.hpp"

#include <gtest/gtest.h>

namespace regtool::cli {
namespace {

TEST(Table, aligns_its_columns_and_leaves_nothing_at_the_end_of_a_line) {
  EXPECT_EQ(format_table({{"NAME", "SIZE"}, {"größe:1b", "1 B"}, {"a", ""}}, 4),
            "NAME        SIZE\n"
            "größe:1b    1 B\n"
            "a");
}

TEST(Table, takes_rows_of_different_length_and_an_indent) {
  EXPECT_EQ(format_table({{"one"}, {"a", "b", "c"}}, 1, 2),
            "  one\n"
            "  a   b c");
  EXPECT_EQ(format_table({}), "");
}

}  // namespace
}  // namespace regtool::cli
