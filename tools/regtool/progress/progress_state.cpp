#include "progress/progress_state.hpp"

#include "base/printable.hpp"

#include <algorithm>

namespace regtool::cli {
namespace {

constexpr std::size_t few_transfers = 16;
constexpr std::uint64_t large_transfer = 16 << 20;

// What came over the wire since the last look. What an earlier run left, or what was there already, did not.
std::uint64_t moved(const TransferView& before, const TransferView& now) noexcept {
  if (now.state == TransferState::present) return 0;
  const auto was = before.done - std::min(before.done, before.resumed);
  const auto is = now.done - std::min(now.done, now.resumed);
  return is - std::min(is, was);
}

}  // namespace

bool is_active(TransferState state) noexcept {
  return state == TransferState::checking || state == TransferState::moving || state == TransferState::verifying;
}

bool is_complete(TransferState state) noexcept {
  return state == TransferState::finished || state == TransferState::present;
}

std::string_view to_string(TransferState state) noexcept {
  switch (state) {
    case TransferState::waiting:
      return "waiting";
    case TransferState::checking:
      return "checking";
    case TransferState::moving:
      return "moving";
    case TransferState::verifying:
      return "verifying";
    case TransferState::finished:
      return "finished";
    case TransferState::present:
      break;
  }
  return "present";
}

bool has_own_line(const ProgressState& state, const ProgressRow& row) noexcept {
  return state.rows.size() <= few_transfers || row.transfer.total >= large_transfer;
}

const ProgressState& ProgressModel::update(std::chrono::steady_clock::time_point now, std::string phase,
                                           std::vector<TransferView> views) {
  const std::chrono::duration<double> elapsed = last_ ? now - *last_ : std::chrono::steady_clock::duration(0);
  last_ = now;
  paces_.resize(views.size());
  state_.phase = std::move(phase);
  state_.rows.resize(views.size());
  state_.done = state_.total = state_.complete = 0;
  std::uint64_t all_moved = 0;
  bool any_moving = false, any_working = false;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const auto& row = state_.rows[i];
    const auto& view = views[i];
    any_moving = any_moving || view.state == TransferState::moving;
    any_working = any_working || view.state == TransferState::checking || view.state == TransferState::verifying;
    all_moved += moved(row.transfer, view);
    state_.done += view.done;
    state_.total += view.total;
    state_.complete += is_complete(view.state) ? 1 : 0;
    update(state_.rows[i], paces_[i], std::move(views[i]), elapsed);
  }
  // While something is hashed, nothing need move.
  if (all_moved > 0 || (any_moving && !any_working)) pace_.meter.add(all_moved, elapsed.count());
  state_.speed = pace_.meter.speed();
  state_.stalled = any_moving && pace_.meter.stalled();
  pace_.left.update(state_.total - state_.done, pace_.meter.steady_speed(), elapsed.count());
  state_.left = pace_.left.shown();
  return state_;
}

void ProgressModel::update(ProgressRow& row, Pace& pace, TransferView view, std::chrono::duration<double> elapsed) {
  const auto bytes = moved(row.transfer, view);
  const bool moving = view.state == TransferState::moving;
  if (moving || bytes > 0) pace.meter.add(bytes, elapsed.count());
  if (is_active(view.state)) row.working += elapsed;
  row.speed = pace.meter.speed();
  row.stalled = moving && pace.meter.stalled();
  pace.left.update(view.total - view.done, pace.meter.steady_speed(), elapsed.count());
  row.left = pace.left.shown();
  view.label = printable(view.label);
  row.transfer = std::move(view);
}

}  // namespace regtool::cli
