#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace regtool {

// A Retry-After header's value (RFC 9110, section 10.2.3): seconds, or a date in one of the three forms of section
// 5.6.7, which is taken relative to `now` and never negative. Nothing for anything else.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value,
                                                           std::chrono::system_clock::time_point now);

}  // namespace regtool
