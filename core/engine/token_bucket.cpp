#include "engine/token_bucket.hpp"

#include "engine/local_time.hpp"

#include <algorithm>

namespace regtool {
namespace {

constexpr std::chrono::milliseconds burst{100};

std::chrono::nanoseconds time_for(std::uint64_t bytes, Rate rate) noexcept {
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(static_cast<double>(bytes) * 1e9 / static_cast<double>(rate)));
}

}  // namespace

Rate TokenBucket::rate_now() const noexcept {
  if (schedule_.spans.empty()) return schedule_.usual;
  return rate_at(schedule_, local_time_of_day(clock_.wall_time()));
}

Result<> TokenBucket::take(const Context& ctx, std::uint64_t bytes) {
  const auto rate = rate_now();
  if (rate == 0) return {};
  std::chrono::steady_clock::time_point start;
  const auto now = ctx.clock.now();
  {
    const std::lock_guard lock(mutex_);
    start = std::max(free_from_, now - burst);
    free_from_ = start + time_for(bytes, rate);
  }
  // Rounded up: a wait that is cut short would let more through.
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(start - now);
  if (wait.count() > 0 && !ctx.clock.sleep(wait, ctx.stop)) return fail(Errc::cancelled, "cancelled");
  return {};
}

std::uint64_t TokenBucket::portion() const noexcept {
  constexpr std::uint64_t most = 256 * 1024;
  const auto rate = rate_now();
  return rate == 0 ? most : std::clamp<std::uint64_t>(rate / 50, 1024, most);
}

}  // namespace regtool
