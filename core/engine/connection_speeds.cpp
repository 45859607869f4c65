#include "engine/connection_speeds.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace regtool {
namespace {

constexpr std::uint64_t kib = 1024, mib = 1024 * kib;

// How many times slower than the others is too slow.
constexpr double crawl = 8;

// So many others make it a rule.
constexpr std::size_t enough_others = 3;

// What ends within this time is left alone: another request takes about as long.
constexpr double worth_sharing = 0.5;  // seconds

constexpr std::uint64_t smallest_share = 256 * kib;

}  // namespace

void ConnectionSpeeds::observe(Key connection, double rate) {
  const std::lock_guard lock(mutex_);
  now_[connection] = rate;
  smooth(rate);
}

void ConnectionSpeeds::ended(Key connection, std::uint64_t bytes, std::chrono::steady_clock::duration time) {
  const auto seconds = std::chrono::duration<double>(time).count();
  const std::lock_guard lock(mutex_);
  now_.erase(connection);
  if (seconds > 0) smooth(static_cast<double>(bytes) / seconds);
}

// One slow connection does not speak for all.
void ConnectionSpeeds::smooth(double rate) { typical_ = typical_ == 0 ? rate : (3 * typical_ + rate) / 4; }

double ConnectionSpeeds::typical() const {
  const std::lock_guard lock(mutex_);
  return typical_;
}

bool ConnectionSpeeds::crawls(Key connection) const {
  const std::lock_guard lock(mutex_);
  std::vector<double> others;
  double mine = 0;
  for (const auto& [key, rate] : now_) {
    if (key == connection) {
      mine = rate;
    } else {
      others.push_back(rate);
    }
  }
  if (others.size() < enough_others) return false;
  const auto median = others.begin() + static_cast<std::ptrdiff_t>(others.size() / 2);
  std::nth_element(others.begin(), median, others.end());
  return mine * crawl < *median;
}

std::uint64_t ConnectionSpeeds::part_size() const {
  return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(typical()), 8 * mib, 64 * mib);
}

std::optional<Share> choose_share(std::span<const RunningPart> parts, double typical) {
  if (typical <= 0) return std::nullopt;
  std::optional<Share> best;
  double longest = worth_sharing;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto rate = parts[i].rate.value_or(typical);
    const bool stalled = rate * 16 < typical;
    // What may just be arriving is left, until it is all that keeps the rest waiting.
    const bool all = stalled && parts[i].open == parts[i].arriving;
    const auto open = parts[i].open - (all ? 0 : parts[i].arriving);
    if (static_cast<double>(open) <= longest * rate) continue;
    const auto bytes =
        stalled ? open : static_cast<std::uint64_t>(static_cast<double>(open) * typical / (typical + rate));
    if (!stalled && bytes < smallest_share) continue;
    longest = rate > 0 ? static_cast<double>(open) / rate : std::numeric_limits<double>::max();
    best = Share{i, bytes};
  }
  return best;
}

}  // namespace regtool
