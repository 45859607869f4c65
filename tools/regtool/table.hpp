#pragma once
// Rows of text in aligned columns.

#include <string>
#include <vector>

namespace regtool::cli {

using TableRow = std::vector<std::string>;

// One line a row, without the last line feed: cells padded to their column's width, `gap` spaces between them, nothing
// at the end of a line.
std::string format_table(const std::vector<TableRow>& rows, std::size_t gap = 2, std::size_t indent = 0);

}  // namespace regtool::cli
