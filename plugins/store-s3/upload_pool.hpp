#pragma once
// The threads that upload, for all blobs together.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace regtool {

// Begins threads as there is work for them. Jobs are done in the order in which they come; those that have not begun
// when it is destroyed are dropped. Thread-safe.
class UploadPool {
 public:
  explicit UploadPool(unsigned threads) : most_(threads) {}
  ~UploadPool();

  // A job must not throw.
  using Job = std::function<void()>;
  void add(Job job);

  // Does all of them, and returns when they are done.
  void run(std::vector<Job> jobs);

 private:
  void work(const std::stop_token& stop);

  const unsigned most_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> jobs_;
  unsigned idle_ = 0;
  std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace regtool
