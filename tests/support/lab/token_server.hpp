#pragma once
// A token server as the real services have one: it speaks Ollama's signed challenge and the standard token flow, and
// issues the tokens that docker-registry accepts.

#include "private_ca.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace regtool::lab {

struct TokenServerOptions {
  KeyPair signing_keys;                              // RSA; the registry trusts the certificate
  std::string public_origin;                         // under which clients see it; "" means its own address
  std::filesystem::path authorized_keys;             // who may push and pull by signature, in sshd's form
  std::map<std::string, std::string> accounts = {};  // who may push and pull by password: user, password
  bool anonymous_pull = true;
  std::chrono::seconds lifetime = std::chrono::minutes(5);
};

class TokenServer {
 public:
  static constexpr const char* path = "/v2/token";

  explicit TokenServer(const TokenServerOptions& options);
  ~TokenServer();

  // Its own address, "http://127.0.0.1:<port>".
  std::string url() const;

  // Tokens issued, and requests refused, since it started.
  std::uint64_t issued() const noexcept;
  std::uint64_t refused() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace regtool::lab
