#include "progress/progress_state.hpp"

#include "base/printable.hpp"

#include <algorithm>

namespace regtool::cli {
namespace {

constexpr std::size_t few_transfers = 16;
constexpr std::uint64_t large_transfer = 16 << 20;

// A day and more is a guess that helps nobody.
constexpr double longest_wait_seconds = 100.0 * 3600;

// What came over the wire since the last look. What an earlier run left, or what was there already, did not.
std::uint64_t moved(const TransferView& before, const TransferView& now) noexcept {
  if (now.state == TransferState::present) return 0;
  const auto was = before.done - std::min(before.done, before.resumed);
  const auto is = now.done - std::min(now.done, now.resumed);
  return is - std::min(is, was);
}

std::optional<std::chrono::seconds> time_left(std::uint64_t bytes, std::optional<double> speed) noexcept {
  if (bytes == 0) return std::chrono::seconds(0);
  if (!speed || *speed < 1) return std::nullopt;
  const auto seconds = static_cast<double>(bytes) / *speed;
  if (seconds > longest_wait_seconds) return std::nullopt;
  return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(seconds)));
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
  meters_.resize(views.size());
  state_.phase = std::move(phase);
  state_.rows.resize(views.size());
  state_.done = state_.total = state_.complete = 0;
  std::uint64_t all_moved = 0;
  for (std::size_t i = 0; i < views.size(); ++i) {
    auto& row = state_.rows[i];
    auto& view = views[i];
    const auto bytes = moved(row.transfer, view);
    all_moved += bytes;
    if (is_active(view.state)) {
      meters_[i].add(bytes, elapsed.count());
      row.working += elapsed;
    }
    row.speed = meters_[i].speed();
    row.left = time_left(view.total - view.done, row.speed);
    state_.done += view.done;
    state_.total += view.total;
    state_.complete += is_complete(view.state) ? 1 : 0;
    view.label = printable(view.label);
    row.transfer = std::move(view);
  }
  const bool any_active = std::any_of(state_.rows.begin(), state_.rows.end(),
                                      [](const ProgressRow& row) { return is_active(row.transfer.state); });
  if (any_active || all_moved > 0) total_meter_.add(all_moved, elapsed.count());
  state_.speed = total_meter_.speed();
  state_.left = time_left(state_.total - state_.done, state_.speed);
  return state_;
}

}  // namespace regtool::cli
