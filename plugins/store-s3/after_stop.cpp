#include "after_stop.hpp"

#include <chrono>
#include <system_error>

namespace regtool {
namespace {

constexpr std::chrono::milliseconds moment{700};

}  // namespace

Context AfterStop::context(const Context& ctx) {
  if (!ctx.stop.stop_requested()) return ctx;
  const std::lock_guard lock(mutex_);
  if (!timer_.joinable()) {
    try {
      timer_ = std::jthread([this](const std::stop_token& stop) {
        std::unique_lock waiting(mutex_);
        ended_.wait_for(waiting, stop, moment, [] { return false; });
        stop_.request_stop();
      });
    } catch (const std::system_error&) {
      stop_.request_stop();
    }
  }
  return {stop_.get_token(), ctx.clock, ctx.console};
}

}  // namespace regtool
