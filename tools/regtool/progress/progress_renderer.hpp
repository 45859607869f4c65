#pragma once
// Ways to show progress.

#include "progress/bar_layout.hpp"
#include "progress/progress_state.hpp"
#include "terminal/screen.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace regtool::cli {

// Used by one thread at a time.
class ProgressRenderer {
 public:
  virtual ~ProgressRenderer() = default;

  // Called about ten times a second.
  virtual void update(std::chrono::steady_clock::time_point now, const ProgressState& state) = 0;

  // The last state, when the operation has ended, however it did. Nothing live is left behind.
  virtual void finish(const ProgressState& state) = 0;
};

// For a terminal: lines that are drawn again and again. `style` gives nothing while there is no terminal to draw on.
std::unique_ptr<ProgressRenderer> bar_renderer(Screen& screen, std::function<std::optional<BarStyle>()> style);

// For a log: a line when something begins or ends, and a total every few seconds.
std::unique_ptr<ProgressRenderer> plain_renderer(Screen& screen);

// For programs: one JSON object a line; docs/json-output.md.
std::unique_ptr<ProgressRenderer> json_renderer(Screen& screen);

}  // namespace regtool::cli
