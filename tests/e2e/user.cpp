#include "user.hpp"

#include <cstdlib>

namespace regtool {

User::User() : config_(home_ / "config.json"), program_(REGTOOL_BINARY) {
  configure("{}");
  environment_ = {{"HOME", home_.path().string()},
                  {"OLLAMA_MODELS", store().string()},
                  {"REGTOOL_CONFIG", config_.string()},
                  {"REGTOOL_PLUGIN_PATH", ""},
                  {"XDG_CONFIG_HOME", ""},
                  {"OLLAMA_NOPRUNE", ""},
                  {"SSH_AUTH_SOCK", ""}};
  for (const char* name : {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}) {
    environment_[name] = "";
    std::string lower = name;
    for (char& letter : lower) letter = letter == '_' ? '_' : static_cast<char>(letter | 0x20);
    environment_[lower] = "";
  }
}

std::string User::make_key() const {
  const std::filesystem::path key = home_ / ".ollama/id_ed25519";
  std::filesystem::create_directories(key.parent_path());
  run_checked({.words = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "e2e", "-f", key.string()}});
  return read_file(key.string() + ".pub");
}

Command User::command(const std::vector<std::string>& words) const {
  Command command{.words = wrapper_, .environment = environment_, .folder = home_.path()};
  command.words.push_back(program_);
  command.words.insert(command.words.end(), words.begin(), words.end());
  return command;
}

Outcome User::regtool(const std::vector<std::string>& words) const { return run(command(words)); }

Outcome User::shell(const std::string& script) const {
  Command command{
      .words = {"bash", "-c", "set -o pipefail\n" + script}, .environment = environment_, .folder = home_.path()};
  const auto folder = std::filesystem::path(REGTOOL_BINARY).parent_path().string();
  command.environment["PATH"] = folder + ":" + std::getenv("PATH");
  return run(command);
}

std::unique_ptr<Process> User::start(const std::vector<std::string>& words) const {
  return std::make_unique<Process>(command(words));
}

}  // namespace regtool
