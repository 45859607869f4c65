#pragma once
// Parts of a blob that are on their way side by side.

#include <regtool/context.hpp>
#include <regtool/range.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace regtool {

struct RedirectedPart {
  Range range;
  std::string url;
};

// Used by one thread. Stops what is still under way when it is destroyed.
class PartSenders {
 public:
  // Returns what the owner wants to know of a part that was sent. Called from several threads at once.
  using Send = std::function<Result<std::string>(const Context&, const RedirectedPart&)>;

  struct Ended {
    Range range;
    Result<std::string> outcome;
  };

  PartSenders(const Context& ctx, Send send)
      : ctx_{stop_.get_token(), ctx.clock, ctx.console},
        send_(std::move(send)),
        stop_with_(ctx.stop, [this] { stop_.request_stop(); }) {}
  ~PartSenders() { stop_.request_stop(); }

  void begin(RedirectedPart part);

  // Parts that were begun and whose end was not taken yet.
  std::size_t count() const noexcept { return count_; }

  // Waits for one to end: count() is not 0.
  Ended take();

  // True if take() would not wait.
  bool has_ended() const;

 private:
  std::stop_source stop_;
  const Context ctx_;
  const Send send_;
  std::stop_callback<std::function<void()>> stop_with_;
  std::size_t count_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Ended> ended_;
  std::vector<std::jthread> threads_;  // last: joined before the rest goes
};

}  // namespace regtool
