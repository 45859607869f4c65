#pragma once
// Text for a terminal. Much of what is shown was written by others: it must not be able to steer the terminal.

#include <cstddef>
#include <string>
#include <string_view>

namespace regtool::cli {

// `text` with every control character but line feeds and tabs replaced by '?': no escape sequence survives. For
// text of several lines; what is one line goes through printable() of core.
std::string without_controls(std::string_view text);

// `text` with every digest in it, 64 hex digits, cut to the first 12 and an ellipsis.
std::string brief_digests(std::string_view text);

// How many columns it takes: one for each code point of UTF-8.
std::size_t columns(std::string_view text) noexcept;

// `text` in exactly `width` columns, padded with spaces. What does not fit is cut at the end, or at the front, and an
// ellipsis says so.
std::string fit_left(std::string_view text, std::size_t width);   // cut at the end
std::string fit_tail(std::string_view text, std::size_t width);   // cut at the front
std::string fit_right(std::string_view text, std::size_t width);  // padded on the left, cut at the end

}  // namespace regtool::cli
