#include "engine/rate_schedule.hpp"

#include <regtool/config.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace regtool {
namespace {

using std::chrono::minutes;

constexpr minutes day = std::chrono::hours(24);

std::optional<unsigned> two_digits(std::string_view text) {
  return text.size() == 2 ? parse_number<unsigned>(text) : std::nullopt;
}

// "06:30"
std::optional<minutes> parse_time(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = two_digits(text.substr(0, 2));
  const auto minute = two_digits(text.substr(3));
  if (!hour || !minute || *minute > 59) return std::nullopt;
  const auto time = minutes(*hour * 60 + *minute);
  return time <= day ? std::optional(time) : std::nullopt;
}

std::string in_words(const RateSpan& span) {
  const auto clock = [](minutes time) { return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60); };
  return clock(span.from) + "-" + clock(span.to);
}

}  // namespace

bool RateSpan::covers(minutes time) const noexcept {
  return from < to ? from <= time && time < to : from <= time || time < to;
}

bool RateSchedule::limits() const noexcept {
  return usual != 0 || std::ranges::any_of(spans, [](const RateSpan& span) { return span.rate != 0; });
}

Rate rate_at(const RateSchedule& schedule, minutes time) noexcept {
  const auto span = std::ranges::find_if(schedule.spans, [&](const RateSpan& each) { return each.covers(time); });
  return span == schedule.spans.end() ? schedule.usual : span->rate;
}

Result<Rate> parse_rate(std::string_view text) {
  if (text == "unlimited") return 0;
  auto size = text;
  if (size.ends_with("/s")) size.remove_suffix(2);
  if (size.size() > 1 && size.ends_with('B')) size.remove_suffix(1);
  auto rate = parse_size(size);
  if (rate) return rate;
  return fail(Errc::invalid_argument,
              "\"" + std::string(text.substr(0, 100)) + "\" is not a rate such as 500K, 2MB, 1.5M/s or unlimited");
}

Result<RateSpan> parse_hours(std::string_view text) {
  const auto dash = std::min(text.find('-'), text.size());
  const auto from = parse_time(trim(text.substr(0, dash)));
  const auto to = dash < text.size() ? parse_time(trim(text.substr(dash + 1))) : std::nullopt;
  if (from && to && *from != *to && *from != day) return RateSpan{*from, *to, 0};
  return fail(Errc::invalid_argument,
              "\"" + std::string(text.substr(0, 100)) + "\" is not a span of hours such as 22:00-06:00 or 12:00-13:30");
}

Result<> add_span(RateSchedule& schedule, RateSpan span) {
  for (const auto& other : schedule.spans) {
    // Of two that overlap, one begins within the other.
    if (other.covers(span.from) || span.covers(other.from))
      return fail(Errc::invalid_argument, in_words(span) + " overlaps with " + in_words(other));
  }
  schedule.spans.push_back(span);
  return {};
}

Result<RateSchedule> parse_rate_schedule(std::string_view text) {
  RateSchedule schedule;
  auto comma = std::min(text.find(','), text.size());
  REGTOOL_TRY_ASSIGN(schedule.usual, parse_rate(trim(text.substr(0, comma))));
  while (comma < text.size()) {
    text.remove_prefix(comma + 1);
    comma = std::min(text.find(','), text.size());
    const auto item = text.substr(0, comma);
    const auto equals = std::min(item.find('='), item.size());
    REGTOOL_TRY_ASSIGN(auto span, parse_hours(trim(item.substr(0, equals))));
    REGTOOL_TRY_ASSIGN(span.rate, parse_rate(trim(item.substr(std::min(equals + 1, item.size())))));
    REGTOOL_TRY(add_span(schedule, span));
  }
  return schedule;
}

}  // namespace regtool
