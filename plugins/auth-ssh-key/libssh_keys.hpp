#pragma once
// What libssh does for us: OpenSSH's key encryption, and making keys.

#include <regtool/result.hpp>

#include "secret.hpp"

#include <string>
#include <string_view>

namespace regtool {

// The text of an encrypted key file, as one that is not encrypted. Errc::unauthenticated: not with this passphrase.
Result<Secret> decrypt_key_file(const Secret& text, const std::string& passphrase);

// The text of a new Ed25519 key file, not encrypted.
Result<Secret> generate_key_file();

}  // namespace regtool
