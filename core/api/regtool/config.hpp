#pragma once
// A plugin's options: declared once, in a table that drives parsing, `regtool plugin show` and docs/options.md.

#include <regtool/result.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace regtool {

enum class OptionType : std::uint8_t {
  text,
  boolean,   // true, false
  integer,   // decimal, not negative
  size,      // bytes: 4096, 64K, 4M, 1.5G (powers of 1024)
  duration,  // 250ms, 20s, 5m, 1h, 7d
  path,      // a leading ~ is the home folder
  secret,    // text that is never shown
  list,      // of text; in text form separated by commas
};

// One option. A row of a constexpr table that lives as long as the plugin.
struct Option {
  std::string_view name;  // kebab-case
  OptionType type;
  std::string_view default_value;  // in text form
  std::string_view help;           // one sentence
};

// Values in text form, by option name.
using OptionValues = std::map<std::string, std::string, std::less<>>;

// The options of one object, complete and checked. Immutable. A getter's name must be in the table, with that type.
class Config {
 public:
  // Fills `given` up with the defaults. Errc::invalid_argument: a bad value, or an unknown name (with the nearest known
  // one).
  static Result<Config> make(std::span<const Option> table, const OptionValues& given);

  const std::string& text(std::string_view name) const noexcept;  // text and secret
  bool boolean(std::string_view name) const noexcept;
  std::uint64_t integer(std::string_view name) const noexcept;
  std::uint64_t size(std::string_view name) const noexcept;
  std::chrono::milliseconds duration(std::string_view name) const noexcept;
  std::filesystem::path path(std::string_view name) const;  // empty when the value is
  std::vector<std::string> list(std::string_view name) const;

 private:
  OptionValues values_;
};

// The readers behind Config. Errc::invalid_argument says what is expected.
Result<bool> parse_boolean(std::string_view text);
Result<std::uint64_t> parse_integer(std::string_view text);
Result<std::uint64_t> parse_size(std::string_view text);
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
std::filesystem::path expand_home(std::string_view path);

}  // namespace regtool
