#include "engine/connection_budget.hpp"

#include <algorithm>

namespace regtool {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr unsigned growth = 4;

// For new connections to get going.
constexpr milliseconds settling{150};

// Long enough that what arrives in it is the speed, and not chance.
constexpr milliseconds window{200};

// A level that brings less than this much more is not worth its connections.
constexpr double worth = 1.1;

constexpr seconds first_hold{5}, longest_hold{60};

}  // namespace

ConnectionBudget::ConnectionBudget(unsigned first, unsigned most, TimePoint now)
    : most_(std::max(most, 1U)), level_(std::clamp(first, 1U, most_)), hold_(first_hold) {
  go_to(level_, now);
}

bool ConnectionBudget::observe(TimePoint now, std::uint64_t bytes, Limit limit) {
  if (limit != Limit::connections || now - level_since_ < settling) {
    begin_window(now, bytes);
    if (limit != Limit::verifier || level_ == 1) return false;
    lower_.reset();
    go_to(level_ / 2, now);
    return true;
  }
  const std::chrono::duration<double> time = now - window_start_;
  if (time < window) return false;
  const auto rate = static_cast<double>(bytes - window_bytes_) / time.count();
  begin_window(now, bytes);
  if (lower_ && rate < worth * lower_->rate) {
    go_to(lower_->level, now);
    lower_.reset();
    hold_until_ = now + hold_;
    hold_ = std::min(2 * hold_, longest_hold);
    return true;
  }
  lower_.reset();
  if (level_ == most_ || now < hold_until_) return false;
  lower_ = Lower{level_, rate};
  go_to(std::min(growth * level_, most_), now);
  return true;
}

void ConnectionBudget::begin_window(TimePoint now, std::uint64_t bytes) {
  window_start_ = now;
  window_bytes_ = bytes;
}

void ConnectionBudget::go_to(unsigned level, TimePoint now) {
  level_ = level;
  level_since_ = now;
  window_start_ = now;
}

}  // namespace regtool
