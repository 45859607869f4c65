#include "base/printable.hpp"

#include <algorithm>

namespace regtool {
namespace {

struct Character {
  char32_t code;
  std::size_t length;  // in bytes; 0: not UTF-8
};

// The first character of `text`, which is not empty (RFC 3629).
Character decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {0, 0};
  char32_t code = lead & (0x7f >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return {0, 0};
    code = code << 6 | (byte & 0x3f);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < least[length] || code > 0x10ffff || surrogate) return {0, 0};
  return {code, length};
}

bool is_unsafe(char32_t code) {
  const auto within = [code](char32_t first, char32_t last) { return code >= first && code <= last; };
  return code < 0x20 || within(0x7f, 0x9f)                    // controls, C0 and C1
         || within(0x200b, 0x200f) || within(0x2028, 0x202e)  // zero width, line ends, direction
         || within(0x2060, 0x2069) || code == 0xfeff || code == 0x61c;
}

}  // namespace

std::string printable(std::string_view foreign, std::size_t limit) {
  std::string out;
  while (!foreign.empty()) {
    const auto [code, length] = decode(foreign);
    const auto taken = std::max<std::size_t>(length, 1);
    if (out.size() + taken > limit) return out + "\u2026";
    if (length == 0) {
      out += '?';
    } else if (code == ' ' || is_unsafe(code)) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += foreign.substr(0, length);
    }
    foreign.remove_prefix(taken);
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace regtool
