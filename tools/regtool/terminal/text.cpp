#include "terminal/text.hpp"

#include <algorithm>

namespace regtool::cli {
namespace {

constexpr std::string_view ellipsis = "…";

bool continues(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// C0 controls and DEL; C1 controls are found by their UTF-8 form, 0xC2 0x80…0x9F.
bool is_control(unsigned char c) noexcept { return c < 0x20 || c == 0x7F; }

// The first `count` columns of `text`.
std::string_view head(std::string_view text, std::size_t count) noexcept {
  std::size_t end = 0;
  while (end < text.size()) {
    if (!continues(text[end]) && count-- == 0) break;
    ++end;
  }
  return text.substr(0, end);
}

// The last `count` columns of `text`.
std::string_view tail(std::string_view text, std::size_t count) noexcept {
  auto begin = text.size();
  while (begin > 0 && count > 0) {
    --begin;
    if (!continues(text[begin])) --count;
  }
  return text.substr(begin);
}

std::string padding(std::string_view text, std::size_t width) { return std::string(width - columns(text), ' '); }

}  // namespace

std::string without_controls(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool c1 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c1) ++i;
    clean += c1 || (is_control(c) && c != '\n' && c != '\t') ? '?' : text[i];
  }
  return clean;
}

std::string brief_digests(std::string_view text) {
  constexpr std::size_t digits = 64, shown = 12;
  std::string brief;
  while (!text.empty()) {
    const auto run = std::min(text.find_first_not_of("0123456789abcdef"), text.size());
    brief += text.substr(0, run == digits ? shown : run);
    if (run == digits) brief += ellipsis;
    text.remove_prefix(run);
    const auto rest = std::min(text.find_first_of("0123456789abcdef"), text.size());
    brief += text.substr(0, rest);
    text.remove_prefix(rest);
  }
  return brief;
}

std::size_t columns(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string fit_left(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text) + padding(text, width);
  if (width == 0) return {};
  return std::string(head(text, width - 1)) + std::string(ellipsis);
}

std::string fit_tail(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text) + padding(text, width);
  if (width == 0) return {};
  return std::string(ellipsis) + std::string(tail(text, width - 1));
}

std::string fit_right(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return padding(text, width) + std::string(text);
  return fit_left(text, width);
}

}  // namespace regtool::cli
