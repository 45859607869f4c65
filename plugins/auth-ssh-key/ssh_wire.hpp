#pragma once
// The data types of RFC 4251, section 5, and the public key made of them (RFC 8709, section 4).

#include <regtool/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace regtool {

// Reads foreign bytes from the front. Errc::corrupt where they end too early; the position is then as it was.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  Result<std::uint8_t> byte();
  Result<std::uint32_t> uint32();
  Result<std::string_view> string();  // views into what is read

  std::string_view rest() const noexcept { return rest_; }

 private:
  Result<std::string_view> take(std::size_t count);
  std::string_view rest_;
};

std::string wire_uint32(std::uint32_t value);
std::string wire_string(std::string_view bytes);

inline constexpr std::string_view ed25519_name = "ssh-ed25519";
inline constexpr std::size_t ed25519_key_size = 32;  // of the public half, and of the seed
inline constexpr std::size_t ed25519_signature_size = 64;

// The blob of an Ed25519 public key, and back. Errc::unsupported for a key of another type, Errc::corrupt for no key.
std::string ed25519_blob(std::string_view public_key);
Result<std::string_view> ed25519_of_blob(std::string_view blob);

// The 64 bytes of a signature blob of that algorithm.
Result<std::string_view> ed25519_signature_of_blob(std::string_view blob);

}  // namespace regtool
