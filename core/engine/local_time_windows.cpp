#include "engine/local_time.hpp"

#include <ctime>

namespace regtool {

std::chrono::minutes local_time_of_day(std::chrono::system_clock::time_point time) noexcept {
  const auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm local{};
  ::localtime_s(&local, &seconds);
  return std::chrono::minutes(local.tm_hour * 60 + local.tm_min);
}

}  // namespace regtool
