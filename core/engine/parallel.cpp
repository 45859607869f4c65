#include "engine/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace regtool {
namespace {

// Enough for whatever answers in no time.
constexpr unsigned few = 16;

// How often an operation is to end, where that can be had.
constexpr std::chrono::microseconds interval{500};

class Crew {
 public:
  using Work = std::function<Result<>(const Context&, std::size_t)>;

  Crew(const Context& ctx, std::size_t count, unsigned most, const Work& work)
      : outer_(ctx),
        ctx_{stop_.get_token(), ctx.clock, ctx.console},
        count_(count),
        most_(static_cast<unsigned>(std::min<std::size_t>(count, std::max(1U, most)))),
        work_(work) {}

  Result<> run() {
    const std::stop_callback stop_with(outer_.stop, [this] { stop_.request_stop(); });
    {
      const std::lock_guard lock(mutex_);
      grow_to(std::min(few, most_));
    }
    // Whoever begins a thread is joined after that one is in the list.
    for (std::size_t i = 0;; ++i) {
      std::jthread thread;
      {
        const std::lock_guard lock(mutex_);
        if (i == threads_.size()) break;
        thread = std::move(threads_[i]);
      }
      thread.join();
    }
    if (first_error_) return fail(std::move(*first_error_));
    if (outer_.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    return {};
  }

 private:
  void take_turns() {
    for (auto i = next_++; i < count_ && !ctx_.stop.stop_requested(); i = next_++) {
      const auto began = ctx_.clock.now();
      auto done = work_(ctx_, i);
      if (done) {
        took(ctx_.clock.now() - began);
        continue;
      }
      const std::lock_guard lock(mutex_);
      if (!first_error_) first_error_ = std::move(done).error();
      stop_.request_stop();
    }
  }

  void took(std::chrono::nanoseconds time) {
    const std::lock_guard lock(mutex_);
    fastest_ = std::min(fastest_, time);
    // Not where those that there are have the rest in hand.
    if (next_ < count_) grow_to(workers_worth_having(fastest_, most_));
  }

  // With the lock held.
  void grow_to(unsigned wanted) {
    try {
      while (threads_.size() < wanted) threads_.emplace_back([this] { take_turns(); });
    } catch (const std::system_error&) {
      // The system gives no more threads: those that there are do it all.
      if (threads_.empty()) throw;
    }
  }

  const Context& outer_;
  std::stop_source stop_;
  const Context ctx_;
  const std::size_t count_;
  const unsigned most_;
  const Work& work_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::vector<std::jthread> threads_;
  std::chrono::nanoseconds fastest_ = std::chrono::nanoseconds::max();
  std::optional<Error> first_error_;
};

}  // namespace

Result<> parallel_for(const Context& ctx, std::size_t count, unsigned workers,
                      const std::function<Result<>(const Context&, std::size_t)>& work) {
  return Crew(ctx, count, workers, work).run();
}

unsigned workers_worth_having(std::chrono::nanoseconds fastest, unsigned most) {
  const auto wanted = static_cast<std::uint64_t>(fastest / interval);
  return static_cast<unsigned>(std::clamp<std::uint64_t>(wanted, std::min(few, most), most));
}

}  // namespace regtool
