#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace regtool {

// Waits until `holds` is true, or the stop is requested; tells whether it is true.
//
// winpthreads, on which the C++ library of MinGW stands, loses a notification now and then. So on Windows this looks by
// itself, and has nothing called when the stop is requested: to take such a call back waits for a notification as well.
template <class Holds>
bool wait_until(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock, const std::stop_token& stop,
                Holds holds) {
#ifdef _WIN32
  constexpr std::chrono::milliseconds look_every{20};
  while (!stop.stop_requested() && !changed.wait_for(lock, look_every, holds)) continue;
  return holds();
#else
  return changed.wait(lock, stop, holds);
#endif
}

}  // namespace regtool
