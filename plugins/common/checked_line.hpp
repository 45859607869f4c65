#pragma once
// Lines of text that tell whether they are whole: what a crash may cut, or two processes may mix, is recognised.

#include <optional>
#include <string>
#include <string_view>

namespace regtool {

// "<text> <16 hex digits>\n". `text` has no newline.
std::string checked_line(std::string_view text);

// The text of a whole line, given without its newline; nothing for any other.
std::optional<std::string_view> checked_text(std::string_view line) noexcept;

// Calls `use` with the text of every whole line.
template <class Use>
void for_each_checked(std::string_view lines, Use use) {
  for (auto end = lines.find('\n'); end != lines.npos; end = lines.find('\n')) {
    if (const auto text = checked_text(lines.substr(0, end))) use(*text);
    lines.remove_prefix(end + 1);
  }
}

// Takes the next word, up to a space, off `text`.
std::string_view take_word(std::string_view& text) noexcept;

// A decimal number of the whole word.
std::optional<std::uint64_t> number_of(std::string_view word) noexcept;

}  // namespace regtool
