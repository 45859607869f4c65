#pragma once
// Hashes computed by OpenSSL, which uses the processor's own SHA instructions where there are any.

#include <regtool/verify.hpp>

#include <memory>

namespace regtool {

// Knows "sha256" and "md5". Errc::unsupported when this OpenSSL offers no SHA-256.
Result<std::unique_ptr<Verifier>> make_openssl_verifier();

}  // namespace regtool
