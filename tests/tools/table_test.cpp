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

class NarrowedTable : public testing::Test {
 protected:
  std::string narrowed_to(std::size_t width) const { return format_table(narrowed(rows_, width, expendable_)); }

  const std::vector<TableRow> rows_{{"NAME", "ID", "SIZE", "AGE"}, {"gemma:2b", "abc", "1 GB", "2 days"}};
  const std::vector<std::size_t> expendable_{1, 3};
};

TEST_F(NarrowedTable, is_whole_where_there_is_room) { EXPECT_EQ(narrowed_to(27), format_table(rows_)); }

TEST_F(NarrowedTable, loses_as_few_columns_as_it_can) {
  EXPECT_EQ(narrowed_to(26),
            "NAME      SIZE  AGE\n"
            "gemma:2b  1 GB  2 days");
  EXPECT_EQ(narrowed_to(21),
            "NAME      SIZE\n"
            "gemma:2b  1 GB");
}

TEST_F(NarrowedTable, keeps_what_is_not_expendable) { EXPECT_EQ(narrowed_to(3), narrowed_to(14)); }

}  // namespace
}  // namespace regtool::cli
