#pragma once
// The whole configuration, checked as far as it can be without loading a plugin. docs/configuration.md is for users.

#include <regtool/config.hpp>

#include "engine/transfer_settings.hpp"
#include "host/config_node.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace regtool {

// One value that somebody gave, in text form.
struct Setting {
  std::string value;
  Origin origin;
  Origin name_origin;    // of its key
  bool is_list = false;  // it was written as a list
};

using SettingMap = std::map<std::string, Setting, std::less<>>;

// A place in the config that names a plugin, with that plugin's options as they were given.
struct PluginChoice {
  std::string where;   // "store", "registries.hf.co.auth", "migrations[0]": for messages and display
  std::string plugin;  // "filesystem"
  Origin origin;       // of the plugin's name
  SettingMap options;
};

// How a registry is to be reached. What its entry leaves out is already taken from that of "*".
struct RegistrySettings {
  std::string host;  // lower case, with the port if one was given, or "*"
  SettingMap values;
  Config config;  // `values`, filled up
  PluginChoice auth;

  bool insecure() const noexcept { return config.boolean("insecure"); }
  std::string path_prefix() const { return config.text("path-prefix"); }
  std::vector<std::string> trusted_realms() const { return config.list("trusted-realms"); }
  std::vector<std::string> mirrors() const { return config.list("mirrors"); }
};

// A store that commands can be told to use: an entry of "stores".
struct NamedStore {
  std::string name;
  PluginChoice choice;
};

struct Settings {
  std::optional<std::filesystem::path> file;  // that was read
  std::vector<std::filesystem::path> plugin_path;
  PluginChoice store, transport, verify, archive;
  std::vector<NamedStore> stores;
  std::vector<PluginChoice> migrations;
  std::vector<RegistrySettings> registries;  // with one for "*"
  TransferSettings transfer;

  // What was given for the keys of core itself, by section ("" for the top): for display.
  std::map<std::string, SettingMap, std::less<>> given;

  // The entry for a host with or without a port: that of the very same, else of the host without its port, else of "*".
  const RegistrySettings& registry(std::string_view host) const noexcept;

  // The store of that name; "" is `store`. Errc::invalid_argument, with the nearest name that there is.
  Result<const PluginChoice*> find_store(std::string_view name) const;
};

// What a configuration means. All problems are collected into `problems`, each an Errc::invalid_argument that begins
// with the position; the Settings are good only if there is none.
Settings read_settings(const ConfigNode& tree, std::vector<Error>& problems);

}  // namespace regtool
