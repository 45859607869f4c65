#pragma once
// A limit on bytes per second.

#include <regtool/context.hpp>

#include <chrono>
#include <cstdint>
#include <mutex>

namespace regtool {

// Shared by all who are to stay below the limit together. What is not used in a tenth of a second is lost. Thread-safe.
class TokenBucket {
 public:
  // `rate` in bytes per second, more than 0.
  TokenBucket(std::uint64_t rate, const Clock& clock) : rate_(rate), free_from_(clock.now()) {}

  // Waits until `bytes` may be moved. Errc::cancelled when stopped before.
  Result<> take(const Context& ctx, std::uint64_t bytes);

  // How many bytes to move at once so that the rate is even.
  std::uint64_t portion() const noexcept;

 private:
  std::chrono::nanoseconds time_for(std::uint64_t bytes) const noexcept;

  const std::uint64_t rate_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point free_from_;  // when all that was promised so far is paid for
};

}  // namespace regtool
