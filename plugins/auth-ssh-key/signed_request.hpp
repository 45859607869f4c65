#pragma once
// Ollama's signed token request: docs/protocol.md, "Ollama's SSH-key challenge". Pure.

#include <regtool/auth.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace regtool {

struct SignedRequest {
  std::string url;             // exactly as it must be sent
  std::string string_to_sign;  // "GET,<url>,<base64 of the hex SHA-256 of no body>"
};

// The challenge's own nonce goes before `fresh_nonce`.
SignedRequest make_signed_request(const Url& realm, const Challenge& challenge, std::string_view fresh_nonce,
                                  std::chrono::system_clock::time_point now);

// "<base64 of the public key blob>:<base64 of the signature>", without a scheme word.
std::string signed_authorization(std::string_view public_blob, std::string_view signature);

}  // namespace regtool
