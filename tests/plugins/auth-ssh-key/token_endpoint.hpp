#pragma once
// The other side of Ollama's challenge, written from docs/protocol.md and on OpenSSL alone, so that it shares nothing
// with the plugin.

#include <regtool/auth.hpp>

#include "memory_transport.hpp"

#include <set>
#include <string>
#include <vector>

namespace regtool {

class TokenEndpoint {
 public:
  static constexpr const char* origin = "https://ollama.test";

  TokenEndpoint();

  // Whose requests are answered, as a line of authorized_keys. Without any everybody's are, if the signature is good.
  void register_key(std::string public_line) { registered_.insert(std::move(public_line)); }

  // As the registry at `origin` would ask.
  Challenge challenge() const;

  Transport& transport() noexcept { return transport_; }
  const std::vector<HttpRequest>& requests() const noexcept { return requests_; }

 private:
  HttpReply answer(const HttpRequest& request);

  std::set<std::string> registered_;
  std::vector<HttpRequest> requests_;
  MemoryTransport transport_;
};

}  // namespace regtool
