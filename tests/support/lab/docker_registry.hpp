#pragma once
// A real registry (docker-registry 2.8) on loopback.

#include "private_ca.hpp"
#include "process.hpp"
#include "temp_dir.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace regtool::lab {

struct DockerRegistryOptions {
  // Bearer tokens, as the distribution project's token specification has them.
  struct TokenAuth {
    std::string realm;                  // where clients get one
    std::filesystem::path certificate;  // whose key signs them
  };
  struct Account {
    std::string user;
    std::string password;
  };

  std::optional<TokenAuth> token = std::nullopt;
  std::optional<Account> account = std::nullopt;  // Basic, from an htpasswd file
  std::optional<KeyPair> tls = std::nullopt;
  std::string redirect_to = {};  // base URL of a CDN over data(): blobs are redirected to it
};

class DockerRegistry {
 public:
  static constexpr const char* service = "lab-registry";
  static constexpr const char* issuer = "lab-tokens";

  // Returns when it answers. Throws std::runtime_error.
  explicit DockerRegistry(const DockerRegistryOptions& options = {});

  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url() const { return scheme_ + "://" + host(); }

  // What a CDN serves: see DockerRegistryOptions::redirect_to.
  std::filesystem::path data() const { return folder_ / "data"; }

  // The file of one blob, by the hex of its digest.
  std::filesystem::path blob(const std::string& hex) const;

 private:
  TempDir folder_;
  std::string scheme_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace regtool::lab
