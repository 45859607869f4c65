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

std::size_t table_width(const std::vector<TableRow>& rows, std::size_t gap) {
  std::size_t width = 0;
  for (const auto column : column_widths(rows)) width += (width > 0 ? gap : 0) + column;
  return width;
}

std::vector<TableRow> without(const std::vector<TableRow>& rows, std::span<const std::size_t> gone) {
  std::vector<TableRow> kept;
  for (const auto& row : rows) {
    auto& cells = kept.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (std::find(gone.begin(), gone.end(), i) == gone.end()) cells.push_back(row[i]);
    }
  }
  return kept;
}

}  // namespace

std::vector<TableRow> narrowed(const std::vector<TableRow>& rows, std::size_t width,
                               std::span<const std::size_t> expendable, std::size_t gap) {
  for (std::size_t gone = 0; gone < expendable.size(); ++gone) {
    auto kept = without(rows, expendable.first(gone));
    if (table_width(kept, gap) <= width) return kept;
  }
  return without(rows, expendable);
}

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
