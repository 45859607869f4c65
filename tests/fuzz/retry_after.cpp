#include "base/retry_after.hpp"

#include "fuzz.hpp"

void regtool::fuzz(std::string_view input) {
  // The century of a two-digit year depends on when it is read.
  for (const auto seconds : {0, 1'700'000'000}) {
    const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(seconds));
    if (const auto wait = parse_retry_after(input, now)) require(wait->count() >= 0);
  }
}
