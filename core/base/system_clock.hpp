#pragma once
// The computer's own clock.

#include <regtool/context.hpp>

namespace regtool {

class SystemClock final : public Clock {
 public:
  std::chrono::steady_clock::time_point now() const noexcept override;
  std::chrono::system_clock::time_point wall_time() const noexcept override;
  bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) const noexcept override;
};

}  // namespace regtool
