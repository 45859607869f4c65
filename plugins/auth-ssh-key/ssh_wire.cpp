#include "ssh_wire.hpp"

namespace regtool {
namespace {

// string algorithm, string bytes: keys and signatures are the same in this.
Result<std::string_view> of_blob(std::string_view blob, std::size_t size) {
  WireReader in(blob);
  REGTOOL_TRY_ASSIGN(const auto algorithm, in.string());
  if (algorithm != ed25519_name) return fail(Errc::unsupported, "not an Ed25519 key");
  REGTOOL_TRY_ASSIGN(const auto bytes, in.string());
  if (bytes.size() != size || !in.rest().empty()) return fail(Errc::corrupt, "Ed25519 data of a wrong size");
  return bytes;
}

}  // namespace

Result<std::string_view> WireReader::take(std::size_t count) {
  if (count > rest_.size()) return fail(Errc::corrupt, "SSH data ends too early");
  const auto taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

Result<std::uint8_t> WireReader::byte() {
  REGTOOL_TRY_ASSIGN(const auto taken, take(1));
  return static_cast<std::uint8_t>(taken[0]);
}

Result<std::uint32_t> WireReader::uint32() {
  REGTOOL_TRY_ASSIGN(const auto taken, take(4));
  std::uint32_t value = 0;
  for (const char c : taken) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

Result<std::string_view> WireReader::string() {
  auto ahead = *this;
  REGTOOL_TRY_ASSIGN(const auto size, ahead.uint32());
  REGTOOL_TRY_ASSIGN(const auto bytes, ahead.take(size));
  *this = ahead;
  return bytes;
}

std::string wire_uint32(std::uint32_t value) {
  std::string out;
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(value >> shift & 0xff);
  return out;
}

std::string wire_string(std::string_view bytes) {
  return wire_uint32(static_cast<std::uint32_t>(bytes.size())).append(bytes);
}

std::string ed25519_blob(std::string_view public_key) { return wire_string(ed25519_name) + wire_string(public_key); }

Result<std::string_view> ed25519_of_blob(std::string_view blob) { return of_blob(blob, ed25519_key_size); }

Result<std::string_view> ed25519_signature_of_blob(std::string_view blob) {
  return of_blob(blob, ed25519_signature_size);
}

}  // namespace regtool
