#pragma once
// How fast transfers may be, by the time of day.

#include <regtool/result.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace regtool {

// Bytes per second; 0 is no limit.
using Rate = std::uint64_t;

// From the first minute up to, not including, the last, both since midnight; over midnight where `to` is the lesser.
struct RateSpan {
  std::chrono::minutes from, to;
  Rate rate;

  bool covers(std::chrono::minutes time) const noexcept;
  bool operator==(const RateSpan&) const = default;
};

struct RateSchedule {
  Rate usual = 0;                 // outside of all spans
  std::vector<RateSpan> spans{};  // no two cover the same minute

  bool limits() const noexcept;
  bool operator==(const RateSchedule&) const = default;
};

// The rate at a time of day.
Rate rate_at(const RateSchedule& schedule, std::chrono::minutes time) noexcept;

// "unlimited", or a size a second: "500K", "2MB", "1.5M/s". Errc::invalid_argument says what is expected.
Result<Rate> parse_rate(std::string_view text);

// "22:00-06:00", both from 00:00 to 24:00 and not the same; its rate is 0 as yet. Errc::invalid_argument as above.
Result<RateSpan> parse_hours(std::string_view text);

// A schedule as one text: "2M", or "2M,22:00-06:00=unlimited,12:00-13:00=500K". Errc::invalid_argument as above, and
// where two spans cover the same minute.
Result<RateSchedule> parse_rate_schedule(std::string_view text);

// Adds a span. Errc::invalid_argument where another covers a minute of it.
Result<> add_span(RateSchedule& schedule, RateSpan span);

}  // namespace regtool
