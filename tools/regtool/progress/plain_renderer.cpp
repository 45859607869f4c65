#include "base/printable.hpp"
#include "progress/progress_renderer.hpp"
#include "terminal/units.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

constexpr std::chrono::seconds total_interval(5);

// What takes less is told once, when it is done.
constexpr std::chrono::seconds notable(1);

enum class Told : std::uint8_t { nothing, begun, ended };

std::string name_of(const TransferView& transfer) { return fmt::format("{} {}", transfer.label, transfer.digest); }

std::string size_of(const TransferView& transfer) {
  const auto size = format_bytes(transfer.total);
  return transfer.resumed > 0 ? fmt::format("{}, from {} on", size, format_bytes(transfer.resumed)) : size;
}

std::string took(const ProgressRow& row) {
  return format_duration(std::chrono::duration_cast<std::chrono::seconds>(row.working));
}

// Of what was never told to have begun.
std::string outcome(const ProgressRow& row) {
  const auto& transfer = row.transfer;
  if (transfer.state == TransferState::present) return format_bytes(transfer.total) + ", was there";
  return size_of(transfer) + (row.working >= notable ? ", done in " + took(row) : "");
}

// ", 4.00 MB/s, 15s left"; what is not known is not told.
std::string pace(const ProgressState& state) {
  if (state.stalled) return ", stalled";
  if (!state.speed) return {};
  return ", " + format_speed(state.speed) + (state.left ? ", " + format_duration(state.left) + " left" : "");
}

class PlainRenderer final : public ProgressRenderer {
 public:
  explicit PlainRenderer(Screen& screen) : screen_(screen) {}

  void update(std::chrono::steady_clock::time_point now, const ProgressState& state) override {
    tell_changes(state);
    if (!total_told_) total_told_ = now;
    if (now - *total_told_ < total_interval || state.rows.empty()) return;
    total_told_ = now;
    screen_.print(fmt::format("{} of {}, {}{}", format_bytes(state.done), format_bytes(state.total),
                              percent(state.done, state.total), pace(state)));
  }

  void finish(const ProgressState& state) override { tell_changes(state); }

 private:
  void tell_changes(const ProgressState& state) {
    if (state.phase != phase_) {
      phase_ = state.phase;
      if (!phase_.empty()) screen_.print(printable(phase_));
    }
    told_.resize(state.rows.size(), Told::nothing);
    for (std::size_t i = 0; i < state.rows.size(); ++i) {
      if (has_own_line(state, state.rows[i])) tell(state.rows[i], told_[i]);
    }
  }

  void tell(const ProgressRow& row, Told& told) {
    const auto& transfer = row.transfer;
    if (told == Told::nothing && is_active(transfer.state) && row.working >= notable) {
      told = Told::begun;
      print(transfer, size_of(transfer));
    } else if (told != Told::ended && is_complete(transfer.state)) {
      print(transfer, told == Told::begun ? "done in " + took(row) : outcome(row));
      told = Told::ended;
    }
  }

  void print(const TransferView& transfer, const std::string& what) {
    screen_.print(printable(fmt::format("{}: {}", name_of(transfer), what)));
  }

  Screen& screen_;
  std::string phase_;
  std::vector<Told> told_;  // by row
  std::optional<std::chrono::steady_clock::time_point> total_told_;
};

}  // namespace

std::unique_ptr<ProgressRenderer> plain_renderer(Screen& screen) { return std::make_unique<PlainRenderer>(screen); }

}  // namespace regtool::cli
