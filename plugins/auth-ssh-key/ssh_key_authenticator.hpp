#pragma once
// Ollama's challenge, answered with a signature by an Ed25519 SSH key.

#include <regtool/auth.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace regtool {

struct SshKeyOptions {
  std::filesystem::path key;
  bool agent = false;        // use ssh-agent even where the key file is there
  std::string passphrase;    // empty: ask
  std::string agent_socket;  // $SSH_AUTH_SOCK; empty: there is no agent
};

// Reads the key when it is first needed, and keeps it.
std::unique_ptr<Authenticator> make_ssh_key_authenticator(SshKeyOptions options);

}  // namespace regtool
