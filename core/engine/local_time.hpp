#pragma once

#include <chrono>

namespace regtool {

// What a clock on the wall here shows, since midnight. Thread-safe.
std::chrono::minutes local_time_of_day(std::chrono::system_clock::time_point time) noexcept;

}  // namespace regtool
