#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace regtool {

// A date as headers have it, in one of the three forms of RFC 9110, section 5.6.7.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

// A Retry-After header's value (RFC 9110, section 10.2.3): seconds, or a date, which is taken relative to
// `now` and never negative. Nothing for anything else.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value,
                                                           std::chrono::system_clock::time_point now);

}  // namespace regtool
