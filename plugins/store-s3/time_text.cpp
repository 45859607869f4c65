#include "time_text.hpp"

#include <array>
#include <charconv>

namespace regtool {
namespace {

using TimePoint = std::chrono::system_clock::time_point;

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Reads `pattern`, in which each run of '0' stands for a number of as many digits, and any other character for itself.
template <std::size_t count>
std::optional<std::array<unsigned, count>> numbers_in(std::string_view text, std::string_view pattern) noexcept {
  std::array<unsigned, count> numbers{};
  if (text.size() < pattern.size()) return std::nullopt;
  std::size_t next = 0;
  for (std::size_t at = 0; at < pattern.size();) {
    const auto end = std::min(pattern.find_first_not_of('0', at), pattern.size());
    if (end == at) {
      if (text[at] != pattern[at]) return std::nullopt;
      ++at;
      continue;
    }
    const auto [stopped, error] = std::from_chars(text.data() + at, text.data() + end, numbers[next++]);
    if (error != std::errc() || stopped != text.data() + end) return std::nullopt;
    at = end;
  }
  return numbers;
}

struct TimeOfDay {
  unsigned hour, minute, second;
};

std::optional<TimePoint> time_point(unsigned year, unsigned month, unsigned day, const TimeOfDay& time) noexcept {
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                                         std::chrono::day(day));
  // The clock counts nanoseconds, which end in 2262. 60 is a leap second.
  if (year < 1970 || year > 2261 || !date.ok() || time.hour > 23 || time.minute > 59 || time.second > 60)
    return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(time.hour) + std::chrono::minutes(time.minute) +
         std::chrono::seconds(time.second);
}

}  // namespace

std::optional<TimePoint> parse_date_header(std::string_view text) noexcept {
  constexpr std::string_view day_name = "Wed, ";
  if (text.size() != 29 || text.substr(3, 2) != ", ") return std::nullopt;
  text.remove_prefix(day_name.size());
  const auto day = numbers_in<1>(text, "00 ");
  const auto rest = numbers_in<4>(text.substr(6), " 0000 00:00:00 GMT");
  for (unsigned i = 0; i < months.size(); ++i) {
    if (!day || !rest || text.substr(3, 3) != months[i]) continue;
    return time_point((*rest)[0], i + 1, (*day)[0], {(*rest)[1], (*rest)[2], (*rest)[3]});
  }
  return std::nullopt;
}

std::optional<TimePoint> parse_iso_time(std::string_view text) noexcept {
  const auto numbers = numbers_in<6>(text, "0000-00-00T00:00:00");
  if (!numbers || !text.ends_with('Z')) return std::nullopt;
  const auto& n = *numbers;
  return time_point(n[0], n[1], n[2], {n[3], n[4], n[5]});
}

}  // namespace regtool
