#pragma once
// Rows of text in aligned columns.

#include <span>
#include <string>
#include <vector>

namespace regtool::cli {

using TableRow = std::vector<std::string>;

// One line a row, without the last line feed: cells padded to their column's width, `gap` spaces between them, nothing
// at the end of a line.
std::string format_table(const std::vector<TableRow>& rows, std::size_t gap = 2, std::size_t indent = 0);

// The rows without the first few of the `expendable` columns: as many as it takes for a table of no more than `width`
// columns of a terminal, if that can be had.
std::vector<TableRow> narrowed(const std::vector<TableRow>& rows, std::size_t width,
                               std::span<const std::size_t> expendable, std::size_t gap = 2);

}  // namespace regtool::cli
