#pragma once
// Bytes, and the proof that they are whole.

#include <regtool/encoding.hpp>
#include <regtool/verify.hpp>

#include "digest_of.hpp"

#include <string>
#include <string_view>

namespace regtool {

inline Verified prove(Verifier& verifier, std::string_view bytes) {
  auto verification = Verification::begin(verifier, descriptor_of(bytes)).value();
  verification.update(as_bytes(bytes));
  return verification.finish().value();
}

// `size` bytes that do not repeat, other ones for another seed.
inline std::string some_bytes(std::size_t size, unsigned seed = 1) {
  std::string bytes(size, '\0');
  std::uint64_t state = 0x9e3779b97f4a7c15 * (seed + 1);
  for (auto& byte : bytes) {
    state = state * 6364136223846793005 + 1442695040888963407;
    byte = static_cast<char>(state >> 56);
  }
  return bytes;
}

}  // namespace regtool
