#pragma once
// Hashes computed by Windows itself (Cryptography API: Next Generation).

#include <regtool/verify.hpp>

#include <memory>

namespace regtool {

// Errc::unsupported where Windows does not offer SHA-256.
Result<std::unique_ptr<Verifier>> make_cng_verifier();

}  // namespace regtool
