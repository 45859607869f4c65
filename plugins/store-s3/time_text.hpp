#pragma once
// Points in time as S3 writes them.

#include <chrono>
#include <optional>
#include <string_view>

namespace regtool {

// The Date header (RFC 9110, section 5.6.7): "Wed, 21 Oct 2015 07:28:00 GMT". Nothing for the forms that are obsolete.
std::optional<std::chrono::system_clock::time_point> parse_date_header(std::string_view text) noexcept;

// The XML of listings: "2009-10-12T17:50:30.000Z", with or without a fraction, which is dropped.
std::optional<std::chrono::system_clock::time_point> parse_iso_time(std::string_view text) noexcept;

}  // namespace regtool
