#pragma once
// From defaults, file, environment and command line to Settings. What comes later wins.

#include "base/environment.hpp"
#include "host/settings.hpp"

namespace regtool {

// What the command line says about the configuration.
struct ConfigRequest {
  struct Assignment {
    std::string text;    // "transport.connections=4"
    std::string source;  // "--set", "--connections"
  };
  std::optional<std::filesystem::path> file;  // --config; it must exist
  std::vector<Assignment> assignments;        // a later one wins
  std::string store;                          // --store: the named store that takes the place of "store"
  bool insecure = false;                      // --insecure, for every registry
  bool tls_no_verify = false;                 // --tls-no-verify, for every registry
};

// The file to read, if there is any: the one asked for, else $REGTOOL_CONFIG, else the first that exists of
// $XDG_CONFIG_HOME/regtool/config.json (by default ~/.config, on Windows %APPDATA%) and /etc/regtool/config.json.
std::optional<std::filesystem::path> find_config_file(const Environment& environment, const ConfigRequest& request);

// All layers merged, and every problem that can be told without loading a plugin. An Error where a layer cannot be read
// at all.
struct LoadedSettings {
  Settings settings;
  std::vector<Error> problems;
};
Result<LoadedSettings> load_all_settings(const Environment& environment, const ConfigRequest& request);

// The same for whoever wants to work with them: the first problem is an Error.
Result<Settings> load_settings(const Environment& environment, const ConfigRequest& request);

}  // namespace regtool
