#include "engine/content_range.hpp"

#include "base/ascii.hpp"

#include <charconv>

namespace regtool {
namespace {

// Takes a number off the front.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

}  // namespace

std::string range_header(Range range) {
  return "bytes=" + std::to_string(range.first) + "-" + std::to_string(range.end() - 1);
}

Result<ContentRange> parse_content_range(std::string_view text) {
  const auto refuse = [] { return fail(Errc::protocol, "a Content-Range that cannot be read"); };
  auto rest = trim(text);
  if (rest.size() < 5 || !equal_ignoring_case(rest.substr(0, 5), "bytes")) return refuse();
  rest = trim(rest.substr(5));
  const auto first = take_number(rest);
  if (!first || !take(rest, "-")) return refuse();
  const auto last = take_number(rest);
  // The largest number has no successor to end at.
  if (!last || *last < *first || *last + 1 == 0 || !take(rest, "/")) return refuse();
  ContentRange parsed{{*first, *last - *first + 1}, std::nullopt};
  if (rest == "*") return parsed;
  parsed.size = take_number(rest);
  if (!parsed.size || !rest.empty() || *parsed.size <= *last) return refuse();
  return parsed;
}

std::uint64_t parse_upload_range(std::string_view text) {
  auto rest = trim(text);
  if (rest.starts_with("bytes")) rest.remove_prefix(5);
  if (rest.starts_with('=') || rest.starts_with(' ')) rest.remove_prefix(1);
  const auto first = take_number(rest);
  if (!first || *first != 0 || !take(rest, "-")) return 0;
  const auto last = take_number(rest);
  return !last || *last == 0 || !rest.empty() ? 0 : *last + 1;
}

}  // namespace regtool
