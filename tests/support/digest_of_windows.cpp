#include <regtool/encoding.hpp>

#include "digest_of.hpp"

#include <array>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <bcrypt.h>

namespace regtool {
namespace {

template <std::size_t size>
std::string hash(std::string_view bytes, const wchar_t* name) {
  std::array<unsigned char, size> out{};
  BCRYPT_ALG_HANDLE algorithm = nullptr;
  ::BCryptOpenAlgorithmProvider(&algorithm, name, nullptr, 0);
  auto* const data = reinterpret_cast<PUCHAR>(const_cast<char*>(bytes.data()));
  ::BCryptHash(algorithm, nullptr, 0, data, static_cast<ULONG>(bytes.size()), out.data(), size);
  ::BCryptCloseAlgorithmProvider(algorithm, 0);
  return {reinterpret_cast<const char*>(out.data()), size};
}

}  // namespace

Digest digest_of(std::string_view bytes) {
  return *Digest::parse("sha256:" + to_hex(as_bytes(hash<32>(bytes, BCRYPT_SHA256_ALGORITHM))));
}

Descriptor descriptor_of(std::string_view bytes) { return {digest_of(bytes), bytes.size()}; }

std::string md5_of(std::string_view bytes) { return hash<16>(bytes, BCRYPT_MD5_ALGORITHM); }

}  // namespace regtool
