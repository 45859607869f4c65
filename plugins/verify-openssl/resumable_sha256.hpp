#pragma once
// SHA-256 with its state in sight, which OpenSSL's EVP interface hides: hence its older one.

#include <regtool/verify.hpp>

namespace regtool {

// Goes on from there; from the beginning for the state of 0 bytes. Errc::invalid_argument for what is no state.
Result<std::unique_ptr<Hasher>> resume_sha256(const HashState& from);

}  // namespace regtool
