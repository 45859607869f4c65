#include <regtool/encoding.hpp>

#include <charconv>
#include <cstdint>

namespace regtool {
namespace {

constexpr std::string_view standard_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::span<const std::byte> bytes, std::string_view alphabet, bool padded) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto left = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < left ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0);
    }
    for (std::size_t k = 0; k < left + 1; ++k) out += alphabet[group >> (18 - 6 * k) & 63];
    if (padded) out.append(3 - left, '=');
  }
  return out;
}

}  // namespace

std::string to_hex(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    out += digits[std::to_integer<unsigned>(byte >> 4)];
    out += digits[std::to_integer<unsigned>(byte & std::byte{15})];
  }
  return out;
}

Result<std::string> from_hex(std::string_view text) {
  const auto refuse = [] { return fail(Errc::invalid_argument, "not hex"); };
  if (text.size() % 2 != 0) return refuse();
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    if (std::from_chars(&text[i], &text[i] + 2, value, 16).ptr != &text[i] + 2) return refuse();
    out += static_cast<char>(value);
  }
  return out;
}

std::string to_base64(std::span<const std::byte> bytes) { return encode(bytes, standard_alphabet, true); }

std::string to_base64url(std::span<const std::byte> bytes) { return encode(bytes, url_alphabet, false); }

Result<std::string> from_base64(std::string_view text) {
  const auto refuse = [] { return fail(Errc::invalid_argument, "not base64"); };
  if (text.size() % 4 != 0) return refuse();
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  const auto digits = text.size() - padding;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto value = i < digits ? standard_alphabet.find(text[i]) : 0;
    if (value == std::string_view::npos) return refuse();
    group = group << 6 | static_cast<std::uint32_t>(value);
    if (i % 4 != 3) continue;
    const auto whole = i + 1 == text.size() ? 3 - padding : 3;
    for (std::size_t k = 0; k < whole; ++k) out += static_cast<char>(group >> (16 - 8 * k) & 255);
    group = 0;
  }
  return out;
}

}  // namespace regtool
