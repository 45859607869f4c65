#pragma once
// SHA-256 and HMAC-SHA256, by OpenSSL.

#include <regtool/result.hpp>
#include <regtool/source.hpp>

#include <string>
#include <string_view>

namespace regtool {

inline constexpr std::string_view sha256_of_nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// As 64 lower-case hex digits.
Result<std::string> sha256_hex(std::string_view text);
Result<std::string> sha256_hex(const Source& source);

// The 32 bytes.
Result<std::string> hmac_sha256(std::string_view key, std::string_view text);

// So many random bytes, as hex: for names that nobody else has.
Result<std::string> random_hex(std::size_t bytes);

}  // namespace regtool
