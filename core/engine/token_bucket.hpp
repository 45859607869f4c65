#pragma once
// A limit on bytes per second.

#include <regtool/context.hpp>

#include "engine/rate_schedule.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>

namespace regtool {

// Shared by all who are to stay below the limit together. What is not used in a tenth of a second is lost. Thread-safe.
class TokenBucket {
 public:
  // `clock`, which also tells the time of day, outlives this.
  TokenBucket(RateSchedule schedule, const Clock& clock)
      : schedule_(std::move(schedule)), clock_(clock), free_from_(clock.now()) {}

  // Waits until `bytes` may be moved. Errc::cancelled when stopped before.
  Result<> take(const Context& ctx, std::uint64_t bytes);

  // How many bytes to move at once so that the rate is even.
  std::uint64_t portion() const noexcept;

 private:
  Rate rate_now() const noexcept;

  const RateSchedule schedule_;
  const Clock& clock_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point free_from_;  // when all that was promised so far is paid for
};

}  // namespace regtool
