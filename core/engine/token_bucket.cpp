#include "engine/token_bucket.hpp"

#include <algorithm>

namespace regtool {
namespace {

constexpr std::chrono::milliseconds burst{100};

}  // namespace

std::chrono::nanoseconds TokenBucket::time_for(std::uint64_t bytes) const noexcept {
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(static_cast<double>(bytes) * 1e9 / static_cast<double>(rate_)));
}

Result<> TokenBucket::take(const Context& ctx, std::uint64_t bytes) {
  std::chrono::steady_clock::time_point start;
  const auto now = ctx.clock.now();
  {
    const std::lock_guard lock(mutex_);
    start = std::max(free_from_, now - burst);
    free_from_ = start + time_for(bytes);
  }
  // Rounded up: a wait that is cut short would let more through.
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(start - now);
  if (wait.count() > 0 && !ctx.clock.sleep(wait, ctx.stop)) return fail(Errc::cancelled, "cancelled");
  return {};
}

std::uint64_t TokenBucket::portion() const noexcept { return std::clamp<std::uint64_t>(rate_ / 50, 1024, 256 * 1024); }

}  // namespace regtool
