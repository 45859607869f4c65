#include "progress/bar_layout.hpp"

#include "terminal/text.hpp"
#include "terminal/units.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace regtool::cli {
namespace {

constexpr std::size_t digest_width = 12;
constexpr std::size_t percent_width = 4;
constexpr std::size_t bytes_width = 15;  // "1.68 GB/1.68 GB"
constexpr std::size_t speed_width = 10;  // " 1.68 GB/s"
constexpr std::size_t left_width = 6;    // "59m59s"
constexpr std::size_t bar_minimum = 8;
constexpr std::size_t label_minimum = 8;
constexpr std::size_t most_rows = 8;

// Which columns there is room for. The percentage and the bytes always are.
struct Columns {
  std::size_t label;
  std::size_t bar = 0;
  bool digest = false, speed = false, left = false;
};

// What a line says, before it is cut to columns.
struct Line {
  std::string_view label, digest{};
  std::uint64_t done = 0, total = 0;
  std::string bytes{}, speed{}, left{};
};

// The last column stays empty: a terminal that was written to in it may or may not have begun a new line.
std::size_t usable_columns(const BarStyle& style) noexcept {
  return style.size.columns > 1 ? style.size.columns - 1 : 1;
}

std::size_t longest_label(const ProgressState& state) {
  std::size_t longest = label_minimum;
  for (const auto& row : state.rows) {
    if (has_own_line(state, row)) longest = std::max(longest, columns(row.transfer.label));
  }
  return longest;
}

// Spends the width on one column after the other, in the order in which they are missed.
Columns choose_columns(const ProgressState& state, const BarStyle& style) {
  const auto width = usable_columns(style);
  Columns chosen{label_minimum};
  const auto fixed = label_minimum + 1 + percent_width + 1 + bytes_width;
  auto room = width > fixed ? width - fixed : 0;
  const auto take = [&](std::size_t wanted) {
    if (room < wanted + 1) return false;
    room -= wanted + 1;
    return true;
  };
  chosen.left = take(left_width);
  chosen.speed = take(speed_width);
  chosen.bar = take(bar_minimum) ? bar_minimum : 0;
  chosen.digest = take(digest_width);
  const auto label_extra = std::min(room / 2, longest_label(state) - label_minimum);
  chosen.label += label_extra;
  if (chosen.bar > 0) chosen.bar = std::min<std::size_t>(chosen.bar + room - label_extra, 40);
  return chosen;
}

std::string join(const Line& line, const Columns& chosen, const BarStyle& style) {
  auto text = fit_tail(line.label, chosen.label);
  if (chosen.digest) text += ' ' + fit_left(line.digest, digest_width);
  text += ' ' + fit_right(percent(line.done, line.total), percent_width);
  if (chosen.bar > 0) text += ' ' + bar(line.done, line.total, chosen.bar, style.unicode);
  text += ' ' + fit_right(line.bytes, bytes_width);
  if (chosen.speed) text += ' ' + fit_right(line.speed, speed_width);
  if (chosen.left) text += ' ' + fit_right(line.left, left_width);
  const auto width = usable_columns(style);
  return columns(text) > width ? fit_left(text, width) : text;
}

std::string bytes_of(std::uint64_t done, std::uint64_t total) {
  return fmt::format("{}/{}", format_bytes(done), format_bytes(total));
}

Line line_of(const ProgressRow& row) {
  const auto& transfer = row.transfer;
  Line line{transfer.label, transfer.digest, transfer.done, transfer.total, bytes_of(transfer.done, transfer.total)};
  if (transfer.state == TransferState::moving) {
    line.speed = row.stalled ? "stalled" : format_speed(row.speed);
    line.left = format_duration(row.left);
  } else {
    line.speed = to_string(transfer.state);
  }
  return line;
}

// "1.68 GB in 15s, 112 MB/s"; of what took no time, the size is all there is to say.
std::string outcome(const ProgressRow& row) {
  const auto& transfer = row.transfer;
  const auto size = format_bytes(transfer.total);
  if (transfer.state == TransferState::present) return size + ", was there";
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(row.working);
  if (seconds < std::chrono::seconds(1)) return size;
  const auto moved = static_cast<double>(transfer.total - std::min(transfer.total, transfer.resumed));
  return fmt::format("{} in {}, {}", size, format_duration(seconds), format_speed(moved / row.working.count()));
}

std::string others_line(const ProgressState& state, const Columns& chosen, const BarStyle& style) {
  Line line{"others"};
  std::size_t count = 0, complete = 0;
  for (const auto& row : state.rows) {
    if (has_own_line(state, row)) continue;
    ++count;
    complete += is_complete(row.transfer.state) ? 1 : 0;
    line.done += row.transfer.done;
    line.total += row.transfer.total;
  }
  if (count == 0) return {};
  const auto counted = fmt::format("{}/{}", complete, count);
  line.digest = counted;
  line.bytes = bytes_of(line.done, line.total);
  return join(line, chosen, style);
}

std::string total_line(const ProgressState& state, const Columns& chosen, const BarStyle& style) {
  const auto counted = fmt::format("{}/{}", state.complete, state.rows.size());
  return join({"total", counted, state.done, state.total, bytes_of(state.done, state.total),
               state.stalled ? "stalled" : format_speed(state.speed), format_duration(state.left)},
              chosen, style);
}

}  // namespace

std::string bar(std::uint64_t done, std::uint64_t total, std::size_t width, bool unicode) {
  constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto share = total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
  const auto filled = std::min(share, 1.0) * static_cast<double>(width);
  const auto whole = static_cast<std::size_t>(filled);
  std::string text;
  if (unicode) {
    for (std::size_t i = 0; i < whole; ++i) text += "█";
    if (whole < width) text += eighths[static_cast<std::size_t>((filled - std::floor(filled)) * 8)];
    return fit_left(text, width);
  }
  if (width < 2) return std::string(width, ' ');
  const auto inner = width - 2;
  const auto marks = static_cast<std::size_t>(std::min(share, 1.0) * static_cast<double>(inner));
  return "[" + std::string(marks, '#') + std::string(inner - marks, '-') + "]";
}

std::string percent(std::uint64_t done, std::uint64_t total) {
  if (total == 0 || done >= total) return "100%";
  return fmt::format("{}%", static_cast<unsigned>(static_cast<double>(done) / static_cast<double>(total) * 100));
}

std::vector<std::string> live_lines(const ProgressState& state, const BarStyle& style) {
  std::vector<std::string> lines;
  const bool working = std::any_of(state.rows.begin(), state.rows.end(),
                                   [](const ProgressRow& row) { return is_active(row.transfer.state); });
  if (!state.phase.empty() && !working) {
    lines.push_back(fit_left(state.phase, std::min(usable_columns(style), columns(state.phase))));
  }
  if (state.rows.empty()) return lines;

  const auto chosen = choose_columns(state, style);
  const auto room = std::min(most_rows, style.size.rows > 4 ? style.size.rows - 4 : 0);
  std::size_t shown = 0;
  for (const auto& row : state.rows) {
    if (shown == room) break;
    if (!is_active(row.transfer.state) || !has_own_line(state, row)) continue;
    lines.push_back(join(line_of(row), chosen, style));
    ++shown;
  }
  if (auto others = others_line(state, chosen, style); !others.empty()) lines.push_back(std::move(others));
  lines.push_back(total_line(state, chosen, style));
  return lines;
}

std::string final_line(const ProgressState& state, const ProgressRow& row, const BarStyle& style) {
  const auto& transfer = row.transfer;
  const auto chosen = choose_columns(state, style);
  auto text =
      fit_tail(transfer.label, chosen.label) + ' ' + fit_left(transfer.digest, digest_width) + ' ' + outcome(row);
  const auto width = usable_columns(style);
  return columns(text) > width ? fit_left(text, width) : text;
}

}  // namespace regtool::cli
