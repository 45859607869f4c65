#include "progress/progress_renderer.hpp"

namespace regtool::cli {
namespace {

class BarRenderer final : public ProgressRenderer {
 public:
  BarRenderer(Screen& screen, std::function<std::optional<BarStyle>()> style)
      : screen_(screen), style_(std::move(style)) {}

  void update(std::chrono::steady_clock::time_point, const ProgressState& state) override {
    const auto style = style_();
    if (!style) return;
    screen_.show(newly_complete(state, *style), live_lines(state, *style), style->size.columns);
    drawn_ = true;
  }

  // What ends before it was ever drawn needs no display: the command's result says it all.
  void finish(const ProgressState& state) override {
    if (!drawn_) return;
    const auto style = style_().value_or(BarStyle{});
    screen_.show(newly_complete(state, style), {}, style.size.columns);
  }

 private:
  // Lines that scroll up. Where lines are folded, what is complete is folded, too.
  std::vector<std::string> newly_complete(const ProgressState& state, const BarStyle& style) {
    told_.resize(state.rows.size());
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < state.rows.size(); ++i) {
      const auto& row = state.rows[i];
      if (told_[i] || !is_complete(row.transfer.state)) continue;
      told_[i] = true;
      if (has_own_line(state, row)) lines.push_back(final_line(state, row, style));
    }
    return lines;
  }

  Screen& screen_;
  const std::function<std::optional<BarStyle>()> style_;
  std::vector<bool> told_;  // by row
  bool drawn_ = false;
};

}  // namespace

std::unique_ptr<ProgressRenderer> bar_renderer(Screen& screen, std::function<std::optional<BarStyle>()> style) {
  return std::make_unique<BarRenderer>(screen, std::move(style));
}

}  // namespace regtool::cli
