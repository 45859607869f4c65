#pragma once
// One user of regtool: a home folder, a config and a store of his own, apart from everybody else's.

#include "process.hpp"
#include "temp_dir.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace regtool {

class User {
 public:
  User();

  // The one config file there is from now on.
  void configure(const std::string& json) const { write_file(config_, json); }

  // Sets it for every later run; an empty value removes.
  void set_environment(const std::string& name, const std::string& value) { environment_[name] = value; }

  // Every later run goes through this program, which ends its arguments with the command to run: {"setsid", "--wait"}.
  void run_through(std::vector<std::string> wrapper) { wrapper_ = std::move(wrapper); }

  // Every later run is of this program instead of the one that was built with the tests.
  void use_program(std::string program) { program_ = std::move(program); }

  // Makes the key where Ollama looks for it; returns the line of authorized_keys.
  std::string make_key() const;

  // The store's root, as OLLAMA_MODELS has it.
  std::filesystem::path store() const { return home_ / "models"; }
  std::filesystem::path home() const { return home_.path(); }

  // Runs `regtool WORDS…` to its end.
  Outcome regtool(const std::vector<std::string>& words) const;

  // The same without waiting.
  std::unique_ptr<Process> start(const std::vector<std::string>& words) const;

  // Runs a shell script in the home folder, in which `regtool` is a command.
  Outcome shell(const std::string& script) const;

 private:
  Command command(const std::vector<std::string>& words) const;

  TempDir home_;
  std::filesystem::path config_;
  std::map<std::string, std::string> environment_;
  std::vector<std::string> wrapper_;
  std::string program_;
};

}  // namespace regtool
