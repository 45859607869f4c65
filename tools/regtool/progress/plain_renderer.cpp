#include "base/printable.hpp"
#include "progress/progress_renderer.hpp"
#include "terminal/units.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

constexpr std::chrono::seconds total_interval(5);

std::string name_of(const TransferView& transfer) { return fmt::format("{} {}", transfer.label, transfer.digest); }

class PlainRenderer final : public ProgressRenderer {
 public:
  explicit PlainRenderer(Screen& screen) : screen_(screen) {}

  void update(std::chrono::steady_clock::time_point now, const ProgressState& state) override {
    tell_changes(state);
    if (!total_told_) total_told_ = now;
    if (now - *total_told_ < total_interval || state.rows.empty()) return;
    total_told_ = now;
    screen_.print(fmt::format("{} of {}, {}, {}, {} left", format_bytes(state.done), format_bytes(state.total),
                              percent(state.done, state.total), format_speed(state.speed),
                              format_duration(state.left)));
  }

  void finish(const ProgressState& state) override { tell_changes(state); }

 private:
  void tell_changes(const ProgressState& state) {
    if (state.phase != phase_) {
      phase_ = state.phase;
      if (!phase_.empty()) screen_.print(printable(phase_));
    }
    seen_.resize(state.rows.size(), TransferState::waiting);
    for (std::size_t i = 0; i < state.rows.size(); ++i) {
      const auto& row = state.rows[i];
      const auto before = std::exchange(seen_[i], row.transfer.state);
      if (before != row.transfer.state && has_own_line(state, row)) tell(row);
    }
  }

  void tell(const ProgressRow& row) {
    const auto& transfer = row.transfer;
    const auto size = format_bytes(transfer.total);
    if (transfer.state == TransferState::moving) {
      const auto resumed = transfer.resumed > 0 ? fmt::format(", from {} on", format_bytes(transfer.resumed)) : "";
      screen_.print(printable(fmt::format("{}: {}{}", name_of(transfer), size, resumed)));
    } else if (transfer.state == TransferState::finished) {
      const auto took = std::chrono::duration_cast<std::chrono::seconds>(row.working);
      screen_.print(printable(fmt::format("{}: done in {}", name_of(transfer), format_duration(took))));
    } else if (transfer.state == TransferState::present) {
      screen_.print(printable(fmt::format("{}: {}, was there", name_of(transfer), size)));
    }
  }

  Screen& screen_;
  std::string phase_;
  std::vector<TransferState> seen_;  // by row
  std::optional<std::chrono::steady_clock::time_point> total_told_;
};

}  // namespace

std::unique_ptr<ProgressRenderer> plain_renderer(Screen& screen) { return std::make_unique<PlainRenderer>(screen); }

}  // namespace regtool::cli
