#include "engine/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace regtool {

Result<> parallel_for(const Context& ctx, std::size_t count, unsigned workers,
                      const std::function<Result<>(const Context&, std::size_t)>& work) {
  std::stop_source stop;
  const std::stop_callback stop_with(ctx.stop, [&] { stop.request_stop(); });
  const Context inner{stop.get_token(), ctx.clock, ctx.console};
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::optional<Error> first_error;
  const auto run = [&] {
    for (auto i = next++; i < count && !inner.stop.stop_requested(); i = next++) {
      auto done = work(inner, i);
      if (done) continue;
      const std::lock_guard lock(mutex);
      if (!first_error) first_error = std::move(done).error();
      stop.request_stop();
    }
  };
  {
    std::vector<std::jthread> threads;
    const auto wanted = std::min<std::size_t>(count, std::max(1u, workers));
    for (std::size_t i = 0; i < wanted; ++i) threads.emplace_back(run);
  }
  if (first_error) return fail(std::move(*first_error));
  if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
  return {};
}

}  // namespace regtool
