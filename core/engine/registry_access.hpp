#pragma once
// How one registry is reached, as the config says: what the engine needs to speak to it.

#include <regtool/auth.hpp>
#include <regtool/transport.hpp>

#include <string>
#include <vector>

namespace regtool {

// The two objects belong to whoever made this, and outlive it.
struct RegistryAccess {
  std::string origin;                       // "https://host:port": where requests go
  std::string path_prefix;                  // goes before the repository ("ollama-remote"); often empty
  bool plain_http_allowed = false;          // by the user, for this registry
  std::vector<std::string> trusted_realms;  // origins of token endpoints, besides the registry's own
  std::vector<std::string> mirrors;         // origins to try first for blobs and manifests, in this order
  Transport* transport = nullptr;
  Authenticator* authenticator = nullptr;
};

}  // namespace regtool
