#include "parallel_clock.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace regtool {

using std::chrono::milliseconds;

struct ParallelClock::Times {
  std::mutex mutex;
  const std::thread::id maker = std::this_thread::get_id();
  std::map<std::thread::id, milliseconds> running;
  milliseconds ended{0};

  // What the calling thread's time is. With the lock held.
  milliseconds& mine() {
    const auto [found, is_new] = running.try_emplace(std::this_thread::get_id(), ended);
    if (is_new) found->second = std::max(ended, running[maker]);
    // Whoever waited for the others; those that still run did not.
    if (found->first == maker) found->second = std::max(found->second, ended);
    return found->second;
  }

  void end() {
    const std::lock_guard lock(mutex);
    const auto found = running.find(std::this_thread::get_id());
    if (found == running.end()) return;
    ended = std::max(ended, found->second);
    running.erase(found);
  }

  // Ends the calling thread's time in every clock that it has used, when the thread ends.
  static void end_with_thread(const std::shared_ptr<Times>& times) {
    struct Used {
      std::vector<std::weak_ptr<Times>> clocks;
      ~Used() {
        for (const auto& clock : clocks) {
          if (const auto alive = clock.lock()) alive->end();
        }
      }
    };
    thread_local Used used;
    std::erase_if(used.clocks, [](const auto& clock) { return clock.expired(); });
    const bool known =
        std::any_of(used.clocks.begin(), used.clocks.end(), [&](const auto& clock) { return clock.lock() == times; });
    if (!known) used.clocks.push_back(times);
  }

  milliseconds pass(milliseconds duration) {
    const std::lock_guard lock(mutex);
    return mine() += duration;
  }
};

namespace {

constexpr std::chrono::steady_clock::time_point beginning{std::chrono::hours(1)};
constexpr std::chrono::system_clock::time_point wall_beginning{std::chrono::seconds(1'700'000'000)};

}  // namespace

ParallelClock::ParallelClock() : times_(std::make_shared<Times>()) { times_->running[times_->maker] = milliseconds(0); }

std::chrono::steady_clock::time_point ParallelClock::now() const noexcept {
  Times::end_with_thread(times_);
  return beginning + times_->pass(milliseconds(0));
}

std::chrono::system_clock::time_point ParallelClock::wall_time() const noexcept {
  Times::end_with_thread(times_);
  return wall_beginning + times_->pass(milliseconds(0));
}

bool ParallelClock::sleep(milliseconds duration, const std::stop_token& stop) const noexcept {
  if (stop.stop_requested()) return false;
  Times::end_with_thread(times_);
  times_->pass(duration);
  // So that the others get on meanwhile, as they would if this thread really slept.
  std::this_thread::sleep_for(milliseconds(2));
  return true;
}

milliseconds ParallelClock::elapsed() const {
  const std::lock_guard lock(times_->mutex);
  auto longest = times_->ended;
  for (const auto& [thread, time] : times_->running) longest = std::max(longest, time);
  return longest;
}

}  // namespace regtool
