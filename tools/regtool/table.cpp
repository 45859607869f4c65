#include "table.hpp"

#include "terminal/text.hpp"

#include <algorithm>

namespace regtool::cli {
namespace {

std::vector<std::size_t> column_widths(const std::vector<TableRow>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
  }
  return widths;
}

}  // namespace

std::string format_table(const std::vector<TableRow>& rows, std::size_t gap, std::size_t indent) {
  const auto widths = column_widths(rows);
  std::string text;
  for (const auto& row : rows) {
    if (!text.empty()) text += '\n';
    text += std::string(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) text += fit_left(row[i], widths[i]) + std::string(gap, ' ');
    text.erase(text.find_last_not_of(' ') + 1);
  }
  return text;
}

}  // namespace regtool::cli
