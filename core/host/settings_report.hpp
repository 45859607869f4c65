#pragma once
// The configuration as text, for `regtool config show|check|options`.

#include "host/plugin_host.hpp"
#include "host/settings.hpp"

namespace regtool {

struct SettingRow {
  std::string key;     // as --set takes it: store.root, registries."hf.co".insecure
  std::string value;   // a secret is "(set)"
  std::string origin;  // "default", "config.json:12:5", "--set", "$OLLAMA_MODELS"
};

// Everything that is in force. Loads the plugins that are named; of one that cannot be loaded, the options are listed
// without their values, for some may be secret.
std::vector<SettingRow> setting_rows(const Settings& settings, PluginHost& plugins);

// What is wrong with the options of plugins, all of it: what read_settings() cannot know.
std::vector<Error> check_plugin_settings(const Settings& settings, PluginHost& plugins);

// docs/options.md: every key of core, and every option of the plugins given.
std::string options_page(const std::vector<PluginListing>& plugins);

// "text", "boolean" and so on.
std::string_view to_string(OptionType type) noexcept;

}  // namespace regtool
