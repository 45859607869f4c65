#pragma once
// Text forms of bytes (RFC 4648).

#include <regtool/result.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace regtool {

std::string to_hex(std::span<const std::byte> bytes);  // lower case
std::string to_base64(std::span<const std::byte> bytes);
std::string to_base64url(std::span<const std::byte> bytes);  // URL-safe alphabet, no padding

// Two digits a byte, of either case. Errc::invalid_argument for anything else.
Result<std::string> from_hex(std::string_view text);

// Standard alphabet, padding required. Errc::invalid_argument for anything else.
Result<std::string> from_base64(std::string_view text);

inline std::span<const std::byte> as_bytes(std::string_view text) noexcept {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace regtool
