#pragma once
// The server's half of Ollama's signed challenge (docs/protocol.md, "Ollama's SSH-key challenge").

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace regtool::lab {

// A request for a token, as the client sent it.
struct SignedRequest {
  std::string url;            // exactly what the client signed: the public origin, path and query
  std::string authorization;  // "<base64 of the public key>:<base64 of the signature>"
  std::string nonce;
  std::string timestamp;  // Unix seconds, in decimal
};

// Decides who signed a request. Thread-safe.
class SignatureCheck {
 public:
  // `authorized_keys` is read anew at each check, so that keys can be registered while the server runs.
  explicit SignatureCheck(std::filesystem::path authorized_keys) : authorized_keys_(std::move(authorized_keys)) {}

  struct Answer {
    bool accepted = false;
    std::string who_or_why;  // the key's comment, or why it was refused
  };
  Answer check(const SignedRequest& request, std::chrono::system_clock::time_point now);

 private:
  std::filesystem::path authorized_keys_;
  std::mutex mutex_;
  std::map<std::string, std::chrono::system_clock::time_point> nonces_;
};

// True if `signature` is the Ed25519 signature of `message` by the key that `wire` holds (RFC 8709, section 4).
bool signature_holds(std::string_view wire, std::string_view message, std::string_view signature);

}  // namespace regtool::lab
