#include <regtool/config.hpp>

#include "base/ascii.hpp"
#include "base/nearest.hpp"
#include "base/option_check.hpp"
#include "base/printable.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>

namespace regtool {
namespace {

struct Unit {
  std::string_view suffix;
  std::uint64_t factor;
};

constexpr Unit size_units[] = {{"", 1}, {"K", 1ull << 10}, {"M", 1ull << 20}, {"G", 1ull << 30}, {"T", 1ull << 40}};
constexpr Unit duration_units[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};

// `digits` as a number times `factor`, unless that is more than `limit`.
std::optional<std::uint64_t> multiplied(std::string_view digits, std::uint64_t factor, std::uint64_t limit) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (!is_digit(c) || value > (limit / factor - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value * factor;
}

// "1.5G": whole digits, a fraction if wanted, and a unit. Integer arithmetic, so that the result is exact.
std::optional<std::uint64_t> scaled(std::string_view text, std::span<const Unit> units, std::uint64_t limit) {
  const auto suffix_at = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto suffix = text.substr(suffix_at);
  const auto unit = std::ranges::find_if(units, [&](const Unit& u) { return equal_ignoring_case(u.suffix, suffix); });
  if (unit == units.end()) return std::nullopt;

  const auto number = text.substr(0, suffix_at);
  const auto point = std::min(number.find('.'), number.size());
  const auto whole = multiplied(number.substr(0, point), unit->factor, limit);
  if (point == 0 || !whole) return std::nullopt;
  if (point == number.size()) return whole;

  constexpr std::size_t most_digits = 6;  // keeps digits * factor within 64 bits
  const auto fraction = number.substr(point + 1);
  if (fraction.empty() || fraction.size() > most_digits) return std::nullopt;
  auto part = multiplied(fraction, unit->factor, std::numeric_limits<std::uint64_t>::max());
  if (!part) return std::nullopt;
  for (std::size_t i = 0; i < fraction.size(); ++i) *part /= 10;
  return *part <= limit - *whole ? std::optional(*whole + *part) : std::nullopt;
}

auto expected(std::string_view what, std::string_view text) {
  return fail(Errc::invalid_argument, "\"" + printable(text, 100) + "\" is not " + std::string(what));
}

std::string_view home_folder() {
  for (const char* name : {"HOME", "USERPROFILE"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  }
  return {};
}

bool starts_at_home(std::string_view path) { return path == "~" || path.starts_with("~/"); }

Result<> check_path(std::string_view path) {
  if (!starts_at_home(path) || !home_folder().empty()) return {};
  return fail(Errc::invalid_argument,
              "\"" + std::string(path) + "\" needs a home folder: set HOME, or give a full path");
}

template <class T>
Result<> without_value(const Result<T>& parsed) {
  if (!parsed) return fail(parsed.error());
  return {};
}

// A name that is not in the table is a plugin's bug; it reads as empty rather than ending the program.
const std::string& value_of(const OptionValues& values, std::string_view name) noexcept {
  static const std::string none;
  const auto found = values.find(name);
  return found == values.end() ? none : found->second;
}

}  // namespace

Result<bool> parse_boolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return expected("true or false", text);
}

Result<std::uint64_t> parse_integer(std::string_view text) {
  const auto value = multiplied(text, 1, std::numeric_limits<std::uint64_t>::max());
  if (text.empty() || !value) return expected("a whole number", text);
  return *value;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto value = scaled(text, size_units, std::numeric_limits<std::int64_t>::max());
  if (!value) return expected("a size such as 4096, 64K, 4M or 1.5G", text);
  return *value;
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  constexpr auto a_year = std::chrono::milliseconds(std::chrono::hours(8760));  // far from overflow in nanoseconds
  if (text == "0") return std::chrono::milliseconds(0);
  const auto value = scaled(text, duration_units, static_cast<std::uint64_t>(a_year.count()));
  if (!value) return expected("a duration of at most a year, such as 250ms, 20s, 5m, 1h or 7d", text);
  return std::chrono::milliseconds(*value);
}

std::filesystem::path expand_home(std::string_view path) {
  const auto home = home_folder();
  if (!starts_at_home(path) || home.empty()) return path;
  return path.size() <= 2 ? std::filesystem::path(home) : std::filesystem::path(home) / path.substr(2);
}

Result<> check_option(const Option& option, std::string_view value) {
  switch (option.type) {
    case OptionType::boolean:
      return without_value(parse_boolean(value));
    case OptionType::integer:
      return without_value(parse_integer(value));
    case OptionType::size:
      return without_value(parse_size(value));
    case OptionType::duration:
      return without_value(parse_duration(value));
    case OptionType::path:
      return check_path(value);
    case OptionType::text:
    case OptionType::secret:
    case OptionType::list:
      break;
  }
  return {};
}

Result<const Option*> find_option(std::span<const Option> table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Option::name);
  if (found != table.end()) return &*found;
  std::vector<std::string_view> known;
  for (const auto& option : table) known.push_back(option.name);
  return fail(Errc::invalid_argument, "unknown option \"" + printable(name, 100) + "\"" + did_you_mean(name, known));
}

Result<Config> Config::make(std::span<const Option> table, const OptionValues& given) {
  Config config;
  for (const auto& option : table) config.values_.emplace(option.name, option.default_value);
  for (const auto& [name, value] : given) {
    REGTOOL_TRY(find_option(table, name));
    config.values_.insert_or_assign(name, value);
  }
  for (const auto& option : table) {
    const auto& value = config.text(option.name);
    if (value.empty() && option.default_value.empty()) continue;  // an option that is simply not set
    if (auto checked = check_option(option, value); !checked) {
      return fail(std::move(checked).error().in(std::string(option.name)));
    }
  }
  return config;
}

const std::string& Config::text(std::string_view name) const noexcept { return value_of(values_, name); }

bool Config::boolean(std::string_view name) const noexcept { return text(name) == "true"; }

std::uint64_t Config::integer(std::string_view name) const noexcept { return parse_integer(text(name)).value_or(0); }

std::uint64_t Config::size(std::string_view name) const noexcept { return parse_size(text(name)).value_or(0); }

std::chrono::milliseconds Config::duration(std::string_view name) const noexcept {
  return parse_duration(text(name)).value_or(std::chrono::milliseconds(0));
}

std::filesystem::path Config::path(std::string_view name) const { return expand_home(text(name)); }

std::vector<std::string> Config::list(std::string_view name) const {
  std::vector<std::string> items;
  for (std::string_view rest = text(name); !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    if (const auto item = trim(rest.substr(0, comma)); !item.empty()) items.emplace_back(item);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return items;
}

}  // namespace regtool
