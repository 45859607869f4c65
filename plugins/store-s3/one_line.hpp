#pragma once
// Foreign text in messages.

#include <string>
#include <string_view>

namespace regtool {

// Fit for one line of a message: printable ASCII, and not too long.
inline std::string one_line(std::string_view text) {
  constexpr std::size_t longest = 300;
  std::string line;
  for (const char c : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    line += byte < 0x20 ? ' ' : byte < 0x7f ? c : '?';
  }
  return line;
}

}  // namespace regtool
