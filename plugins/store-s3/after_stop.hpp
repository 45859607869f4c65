#pragma once
// What is still to be told to the service once the user has stopped the program.

#include <regtool/context.hpp>

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace regtool {

// A moment for it, in all: a service that does not answer must not keep the user waiting. Thread-safe.
class AfterStop {
 public:
  ~AfterStop() { timer_.request_stop(); }

  // `ctx` itself as long as its stop was not requested; then one that is stopped a moment after this was first called.
  Context context(const Context& ctx);

 private:
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::stop_source stop_;
  std::jthread timer_;
};

}  // namespace regtool
