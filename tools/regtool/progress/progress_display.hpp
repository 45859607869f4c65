#pragma once
// Shows a board while an operation runs.

#include <regtool/context.hpp>

#include "engine/progress_board.hpp"
#include "progress/progress_renderer.hpp"

#include <thread>

namespace regtool::cli {

// Samples `board` on a thread of its own. Made before the operation; destroyed after it, however it ended, it shows the
// last state and leaves the screen clean. Does nothing without a renderer.
class ProgressDisplay {
 public:
  ProgressDisplay(const ProgressBoard& board, std::unique_ptr<ProgressRenderer> renderer, const Clock& clock);
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

 private:
  void run(const std::stop_token& stop);

  const ProgressBoard& board_;
  const std::unique_ptr<ProgressRenderer> renderer_;
  const Clock& clock_;
  std::jthread sampler_;
};

}  // namespace regtool::cli
