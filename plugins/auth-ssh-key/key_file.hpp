#pragma once
// The text of key files: OpenSSH's private key format (PROTOCOL.key in its sources) and its one-line public keys. Pure.

#include <regtool/result.hpp>

#include "secret.hpp"

#include <string>
#include <string_view>

namespace regtool {

// What can be seen of a private key without its passphrase.
struct KeyFile {
  bool encrypted = false;
  std::string public_blob;  // in SSH wire format, always Ed25519
  Secret private_section;   // encrypted or not
};

// Errc::corrupt for what is no OpenSSH private key, Errc::unsupported for one that is not Ed25519.
Result<KeyFile> parse_key_file(std::string_view text);

// The 32-byte seed of a key that is not encrypted, once everything about it has been found consistent.
Result<Secret> seed_of(const KeyFile& file);

struct PublicKey {
  std::string blob;  // in SSH wire format
  std::string comment;
};

// "ssh-ed25519 AAAA… comment", and back. Errc::corrupt, Errc::unsupported as above.
Result<PublicKey> parse_public_key(std::string_view line);
std::string public_key_line(const PublicKey& key);

}  // namespace regtool
