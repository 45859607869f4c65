#include "base/retry_after.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <string>

namespace regtool {

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  text = trim(text);
  // IMF-fixdate, and the obsolete forms of RFC 850 and asctime that recipients must take as well.
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    std::istringstream in{std::string(text)};
    in.imbue(std::locale::classic());
    std::tm parts{};
    in >> std::get_time(&parts, form);
    if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) continue;
    using namespace std::chrono;
    const auto date = year(parts.tm_year + 1900) / month(static_cast<unsigned>(parts.tm_mon + 1)) /
                      day(static_cast<unsigned>(parts.tm_mday));
    if (!date.ok()) return std::nullopt;
    return sys_days(date) + hours(parts.tm_hour) + minutes(parts.tm_min) + seconds(parts.tm_sec);
  }
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value,
                                                           std::chrono::system_clock::time_point now) {
  constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 365);  // keeps sums of times far from overflow
  value = trim(value);
  if (value.empty()) return std::nullopt;
  if (std::all_of(value.begin(), value.end(), is_digit)) {
    std::uint32_t count = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), count);
    if (parsed.ec != std::errc()) return longest;
    return std::min<std::chrono::milliseconds>(std::chrono::seconds(count), longest);
  }
  const auto date = parse_http_date(value);
  if (!date) return std::nullopt;
  const auto wait = *date - std::chrono::floor<std::chrono::milliseconds>(now);
  return std::clamp<std::chrono::milliseconds>(wait, std::chrono::milliseconds(0), longest);
}

}  // namespace regtool
