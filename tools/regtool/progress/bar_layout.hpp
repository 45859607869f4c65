#pragma once
// How progress looks in a terminal: pure functions of the state and the space there is.

#include "progress/progress_state.hpp"
#include "terminal/terminal.hpp"

#include <string>
#include <vector>

namespace regtool::cli {

struct BarStyle {
  TerminalSize size;
  bool unicode = true;  // block characters rather than '#'
};

// "█████▌    ": `width` columns of which done/total are filled.
std::string bar(std::uint64_t done, std::uint64_t total, std::size_t width, bool unicode);

// "45%": rounded down, so that 100% means all of it.
std::string percent(std::uint64_t done, std::uint64_t total);

// The lines that change: what goes on, a line each for the transfers on their way, one for those that have none of
// their own, and the total. At most as many as the terminal has room for, none wider than it.
std::vector<std::string> live_lines(const ProgressState& state, const BarStyle& style);

// What stays of a transfer that is complete, under the same label and digest.
std::string final_line(const ProgressState& state, const ProgressRow& row, const BarStyle& style);

}  // namespace regtool::cli
