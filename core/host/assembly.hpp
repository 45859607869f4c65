#pragma once
// From settings to objects: each is made by the plugin that the config names, when it is first asked for.

#include "engine/migrate.hpp"
#include "engine/registry_access.hpp"
#include "engine/retrying_transport.hpp"
#include "engine/token_bucket.hpp"
#include "host/load_settings.hpp"
#include "host/plugin_host.hpp"

namespace regtool {

// Owns everything that it gives. Used by one thread at a time; what it gave may be used by many.
class Assembly {
 public:
  explicit Assembly(Settings settings);
  ~Assembly();

  const Settings& settings() const noexcept { return settings_; }
  PluginHost& plugins() noexcept { return plugins_; }

  Result<Verifier*> verifier(const Context& ctx);
  Result<Archive*> archive(const Context& ctx);

  // The store of that name, as Settings::find_store() has it, as it is: for whoever wants to see what migrations would
  // do.
  Result<Storage*> storage(const Context& ctx, std::string_view name = {});

  // The store for everybody else: brought up to date before it is given out for the first time.
  Result<Storage*> migrated_storage(const Context& ctx, std::string_view name = {});

  // In the order of the config. None for a store that has no local root to migrate.
  Result<Migrations> migrations(const Context& ctx, std::string_view store = {});

  // How the registry of `name` is reached. Errc::invalid_argument for a name with http:// where plain HTTP is not
  // allowed.
  Result<RegistryAccess> registry(const Context& ctx, const Reference& name);

  // Who we are to a registry, by host or host:port.
  Result<Authenticator*> authenticator(const Context& ctx, std::string_view host);

 private:
  class StoreHost;
  struct OpenStore {
    std::optional<Storage> storage;
    bool migrated = false;
  };

  Result<Transport*> transport(const Context& ctx, const RegistrySettings& registry);
  Result<Transport*> transport(const Context& ctx, const SettingMap& options);
  Transport* limited(const Context& ctx, Transport* transport);

  // In the order in which they need each other: the code of every object first.
  PluginHost plugins_;
  Settings settings_;
  std::unique_ptr<Verifier> verifier_;
  std::unique_ptr<Archive> archive_;
  std::map<OptionValues, std::unique_ptr<Transport>> transports_;  // by the options they were made with
  std::unique_ptr<TokenBucket> limit_;                             // of all transports; null when there is none
  std::map<Transport*, std::unique_ptr<Transport>> limited_;       // by the one that is behind it
  std::unique_ptr<StoreHost> store_host_;
  std::map<std::string, OpenStore, std::less<>> stores_;  // by name
  std::optional<std::vector<std::unique_ptr<Migration>>> migrations_;
  std::map<std::string, std::unique_ptr<Authenticator>, std::less<>> authenticators_;  // by RegistrySettings::host
};

// The transport section's options, with "connections" if the plugin wants to know it too.
SettingMap transport_values(const Settings& settings, std::span<const Option> table);

// The same, and over them the registry's own. Errc::invalid_argument for one of the latter that the transport plugin
// does not have.
Result<SettingMap> transport_options_for(const Settings& settings, const RegistrySettings& registry,
                                         std::span<const Option> table);

// Where requests to the registry of `name` go, and whether plain HTTP was allowed: the parts of RegistryAccess that are
// decided without any plugin.
Result<RegistryAccess> registry_address(const RegistrySettings& registry, const Reference& name);

}  // namespace regtool
