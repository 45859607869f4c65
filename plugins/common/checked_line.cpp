#include "checked_line.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace regtool {
namespace {

using Check = std::array<char, 16>;

// FNV-1a, 64 bits: it guards against accidents, not against people.
Check check_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  Check digits;
  for (auto& digit : digits) {
    digit = "0123456789abcdef"[hash >> 60];
    hash <<= 4;
  }
  return digits;
}

}  // namespace

std::string checked_line(std::string_view text) {
  const auto check = check_of(text);
  std::string line(text);
  line += ' ';
  line.append(check.data(), check.size());
  return line += '\n';
}

std::optional<std::string_view> checked_text(std::string_view line) noexcept {
  constexpr auto tail = std::tuple_size_v<Check> + 1;
  if (line.size() < tail || line[line.size() - tail] != ' ') return std::nullopt;
  const auto text = line.substr(0, line.size() - tail);
  const auto check = check_of(text);
  if (line.substr(text.size() + 1) != std::string_view(check.data(), check.size())) return std::nullopt;
  return text;
}

std::string_view take_word(std::string_view& text) noexcept {
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word;
}

std::optional<std::uint64_t> number_of(std::string_view word) noexcept {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

}  // namespace regtool
