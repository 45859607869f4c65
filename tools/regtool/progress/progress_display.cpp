#include "progress/progress_display.hpp"

namespace regtool::cli {

ProgressDisplay::ProgressDisplay(const ProgressBoard& board, std::unique_ptr<ProgressRenderer> renderer,
                                 const Clock& clock)
    : board_(board), renderer_(std::move(renderer)), clock_(clock) {
  if (renderer_) sampler_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

ProgressDisplay::~ProgressDisplay() {
  sampler_.request_stop();
  if (sampler_.joinable()) sampler_.join();
}

void ProgressDisplay::run(const std::stop_token& stop) {
  constexpr std::chrono::milliseconds interval(100);
  ProgressModel model;
  const auto sample = [&]() -> const ProgressState& {
    return model.update(clock_.now(), board_.phase(), board_.view());
  };
  while (clock_.sleep(interval, stop)) renderer_->update(clock_.now(), sample());
  renderer_->finish(sample());
}

}  // namespace regtool::cli
