#include "terminal/units.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace regtool::cli {
namespace {

struct Unit {
  const char* name;
  std::chrono::seconds length;
};

// From the largest that applies; an age is told in the largest unit of which there are two.
constexpr Unit age_units[] = {
    {"year", std::chrono::hours(24 * 365)}, {"month", std::chrono::hours(24 * 30)},
    {"week", std::chrono::hours(24 * 7)},   {"day", std::chrono::hours(24)},
    {"hour", std::chrono::hours(1)},        {"minute", std::chrono::minutes(1)},
    {"second", std::chrono::seconds(1)},
};

}  // namespace

std::string format_bytes(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  constexpr const char* names[] = {"KB", "MB", "GB", "TB", "PB", "EB"};
  auto value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  // 999.5 and more would be rounded to four digits.
  for (; value >= 999.5 && unit + 1 < std::size(names); ++unit) value /= 1000;
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}", value, decimals, names[unit]);
}

std::string format_speed(std::optional<double> bytes_per_second) {
  if (!bytes_per_second) return "-";
  return format_bytes(static_cast<std::uint64_t>(*bytes_per_second)) + "/s";
}

std::string format_duration(std::optional<std::chrono::seconds> duration) {
  if (!duration) return "-";
  const auto seconds = duration->count();
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  if (seconds < 86400) return fmt::format("{}h{:02}m", seconds / 3600, seconds % 3600 / 60);
  return fmt::format("{}d{:02}h", seconds / 86400, seconds % 86400 / 3600);
}

std::string format_age(std::chrono::system_clock::duration age) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age);
  for (const auto& unit : age_units) {
    const auto count = seconds / unit.length;
    if (count >= 2) return fmt::format("{} {}s ago", count, unit.name);
  }
  return "just now";
}

std::string format_utc(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::time_point_cast<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds));
}

std::string format_count(std::uint64_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace regtool::cli
