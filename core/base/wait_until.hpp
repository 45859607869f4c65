#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace regtool {

// Waits until `holds` is true, or the stop is requested; tells whether it is true. Looks once a second even if nobody
// notifies: winpthreads, on which the C++ library of MinGW stands, loses a notification now and then.
template <class Holds>
bool wait_until(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock, const std::stop_token& stop,
                Holds holds) {
  constexpr std::chrono::seconds look_every{1};
  while (!changed.wait_for(lock, stop, look_every, holds)) {
    if (stop.stop_requested()) return holds();
  }
  return true;
}

}  // namespace regtool
