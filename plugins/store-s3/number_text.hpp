#pragma once
// Numbers in foreign text.

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace regtool {

// A decimal number that is the whole text, and not negative.
template <class Number = std::uint64_t>
std::optional<Number> number_in(std::string_view text) noexcept {
  Number number = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || stopped != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace regtool
