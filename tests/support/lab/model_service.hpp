#pragma once
// What Ollama's own registry looks like from outside: one origin, behind which are a registry that wants tokens, the
// token server that issues them, and a CDN for the blobs.

#include "docker_registry.hpp"
#include "nginx.hpp"
#include "temp_dir.hpp"
#include "token_server.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace regtool::lab {

struct ModelServiceOptions {
  std::optional<KeyPair> tls = std::nullopt;         // https, by this certificate
  std::string rate = {};                             // of one connection that downloads a blob, as nginx has it: "20m"
  std::map<std::string, std::string> accounts = {};  // who may come with a password
};

class ModelService {
 public:
  explicit ModelService(const ModelServiceOptions& options = {});

  std::string host() const { return front_->host(); }
  std::string url() const { return front_->url(); }

  // Lets the owner of a key, given as a line of authorized_keys, push and pull.
  void register_key(const std::string& public_key) const;

  const Nginx& front() const noexcept { return *front_; }
  const Nginx& cdn() const noexcept { return *cdn_; }
  const TokenServer& tokens() const noexcept { return *tokens_; }
  const DockerRegistry& registry() const noexcept { return *registry_; }

 private:
  void start(const ModelServiceOptions& options, std::uint16_t port);

  TempDir folder_;
  KeyPair signing_keys_;
  std::unique_ptr<Nginx> cdn_, front_;
  std::unique_ptr<TokenServer> tokens_;
  std::unique_ptr<DockerRegistry> registry_;
};

}  // namespace regtool::lab
