#include <regtool/plugin.hpp>

#include "agent_connection.hpp"
#include "ssh_key_authenticator.hpp"

#include <cstdlib>

namespace regtool {
namespace {

constexpr Option options[] = {
    {"key", OptionType::path, "~/.ollama/id_ed25519", "An Ed25519 private key in OpenSSH's format."},
    {"agent", OptionType::boolean, "false", "Use ssh-agent even where the key file is there."},
    {"passphrase", OptionType::secret, "",
     "Of an encrypted key; without it $REGTOOL_KEY_PASSPHRASE, else it is asked."},
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

Result<std::unique_ptr<Authenticator>> make(const Context&, const Config& config) {
  const auto& passphrase = config.text("passphrase");
  const auto agent = environment("SSH_AUTH_SOCK");
  return make_ssh_key_authenticator({config.path("key"), config.boolean("agent"),
                                     passphrase.empty() ? environment("REGTOOL_KEY_PASSPHRASE") : passphrase,
                                     agent.empty() ? AgentConnection::default_place() : agent});
}

void enroll(Registrar& registrar) { registrar.authenticator("ssh-key", options, make); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("auth-ssh-key", "0.1.0", regtool::enroll);
