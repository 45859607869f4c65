#include "host/assembly.hpp"

#include <regtool/url.hpp>

#include "engine/limited_transport.hpp"
#include "host/setting_check.hpp"
#include "host/settings_schema.hpp"

#include <algorithm>
#include <exception>

namespace regtool {
namespace {

// Makes what `choice` names. An error says where in the config the plugin was named, or which plugin failed.
template <class OfferOfKind, class... More>
auto make(const Context& ctx, PluginHost& plugins, const PluginChoice& choice, const SettingMap& options, More&... more)
    -> decltype(std::declval<OfferOfKind>().make(ctx, std::declval<Config>(), more...)) {
  const auto offer = plugins.find<OfferOfKind>(choice.plugin);
  if (!offer) return refuse(choice.origin, offer.error().message);
  REGTOOL_TRY_ASSIGN(const auto config, make_config((*offer)->options, options));
  const auto name = full_plugin_name(kind_of<OfferOfKind>, choice.plugin);
  try {
    auto made = (*offer)->make(ctx, config, more...);
    if (!made) return fail(std::move(made).error().in(name));
    return made;
  } catch (const std::exception& error) {
    return fail(Errc::internal, name + ": " + error.what());
  }
}

}  // namespace

// What a store may ask of the assembly.
class Assembly::StoreHost final : public Host {
 public:
  explicit StoreHost(Assembly& assembly) : assembly_(assembly) {}

  Result<Transport*> transport(const Context& ctx, const OptionValues& options) noexcept override {
    const auto& choice = assembly_.settings_.transport;
    REGTOOL_TRY_ASSIGN(const auto* offer, assembly_.plugins_.find<TransportOffer>(choice.plugin));
    auto settings = transport_values(assembly_.settings_, offer->options);
    for (const auto& [name, value] : options) {
      if (std::ranges::find(offer->options, name, &Option::name) == offer->options.end()) {
        return fail(Errc::invalid_argument,
                    "transport plugin \"" + choice.plugin + "\" has no option \"" + name + "\"");
      }
      settings.insert_or_assign(name, Setting{value, {}, {}});
    }
    REGTOOL_TRY_ASSIGN(auto* inner, assembly_.transport(ctx, settings));
    auto& made = retrying_[inner];
    if (!made) made = std::make_unique<RetryingTransport>(*inner, assembly_.settings_.transfer);
    return made.get();
  }

  Result<Verifier*> verifier(const Context& ctx) noexcept override { return assembly_.verifier(ctx); }

 private:
  Assembly& assembly_;
  std::map<Transport*, std::unique_ptr<Transport>> retrying_;  // by the one that is behind it
};

Assembly::Assembly(Settings settings)
    : plugins_(settings.plugin_path), settings_(std::move(settings)), store_host_(std::make_unique<StoreHost>(*this)) {}
Assembly::~Assembly() = default;

Result<Verifier*> Assembly::verifier(const Context& ctx) {
  if (!verifier_) {
    REGTOOL_TRY_ASSIGN(verifier_, make<VerifyOffer>(ctx, plugins_, settings_.verify, settings_.verify.options));
  }
  return verifier_.get();
}

Result<Archive*> Assembly::archive(const Context& ctx) {
  if (!archive_) {
    REGTOOL_TRY_ASSIGN(archive_, make<ArchiveOffer>(ctx, plugins_, settings_.archive, settings_.archive.options));
  }
  return archive_.get();
}

Result<Storage*> Assembly::storage(const Context& ctx, std::string_view name) {
  REGTOOL_TRY_ASSIGN(const auto* choice, settings_.find_store(name));
  auto& open = stores_[std::string(name)];
  if (!open.storage) {
    REGTOOL_TRY_ASSIGN(open.storage, make<StoreOffer>(ctx, plugins_, *choice, choice->options, *store_host_));
  }
  return &*open.storage;
}

Result<Storage*> Assembly::migrated_storage(const Context& ctx, std::string_view name) {
  REGTOOL_TRY_ASSIGN(auto* storage, this->storage(ctx, name));
  auto& open = stores_[std::string(name)];
  if (open.migrated || !storage->root) return storage;
  REGTOOL_TRY_ASSIGN(const auto wanted, migrations(ctx, name));
  auto report = migrate(ctx, *storage->root, wanted);
  if (!report) return fail(std::move(report).error().in("bring the store up to date"));
  if (report->renamed + report->removed > 0)
    ctx.console.debug("brought the store up to date: " + std::to_string(report->renamed) + " files renamed");
  open.migrated = true;
  return storage;
}

Result<Migrations> Assembly::migrations(const Context& ctx, std::string_view store) {
  REGTOOL_TRY_ASSIGN(const auto* storage, this->storage(ctx, store));
  if (!storage->root) return Migrations();
  if (!migrations_) {
    std::vector<std::unique_ptr<Migration>> made;
    for (const auto& choice : settings_.migrations) {
      REGTOOL_TRY_ASSIGN(auto migration, make<MigrateOffer>(ctx, plugins_, choice, choice.options));
      made.push_back(std::move(migration));
    }
    migrations_ = std::move(made);
  }
  return Migrations(*migrations_);
}

Result<RegistryAccess> Assembly::registry(const Context& ctx, const Reference& name) {
  const auto& registry = settings_.registry(name.host());
  REGTOOL_TRY_ASSIGN(auto access, registry_address(registry, name));
  REGTOOL_TRY_ASSIGN(access.transport, transport(ctx, registry));
  REGTOOL_TRY_ASSIGN(access.authenticator, authenticator(ctx, name.host()));
  return access;
}

Result<Authenticator*> Assembly::authenticator(const Context& ctx, std::string_view host) {
  const auto& registry = settings_.registry(host);
  auto& made = authenticators_[registry.host];
  if (!made) {
    REGTOOL_TRY_ASSIGN(made, make<AuthOffer>(ctx, plugins_, registry.auth, registry.auth.options));
  }
  return made.get();
}

Result<Transport*> Assembly::transport(const Context& ctx, const RegistrySettings& registry) {
  const auto& choice = settings_.transport;
  const auto offer = plugins_.find<TransportOffer>(choice.plugin);
  if (!offer) return refuse(choice.origin, offer.error().message);
  REGTOOL_TRY_ASSIGN(const auto options, transport_options_for(settings_, registry, (*offer)->options));
  REGTOOL_TRY_ASSIGN(auto* made, transport(ctx, options));
  return limited(ctx, made);
}

Result<Transport*> Assembly::transport(const Context& ctx, const SettingMap& options) {
  OptionValues key;
  for (const auto& [name, setting] : options) key.emplace(name, setting.value);
  auto& made = transports_[key];
  if (!made) {
    REGTOOL_TRY_ASSIGN(made, make<TransportOffer>(ctx, plugins_, settings_.transport, options));
  }
  return made.get();
}

Transport* Assembly::limited(const Context& ctx, Transport* transport) {
  const auto& schedule = settings_.transfer.limit_rate;
  if (!schedule.limits()) return transport;
  if (!limit_) limit_ = std::make_unique<TokenBucket>(schedule, ctx.clock);
  auto& decorated = limited_[transport];
  if (!decorated) decorated = std::make_unique<LimitedTransport>(*transport, *limit_);
  return decorated.get();
}

SettingMap transport_values(const Settings& settings, std::span<const Option> table) {
  auto options = settings.transport.options;
  const auto own_keys = settings.given.find("transport");
  for (const auto& option : table) {
    if (own_keys == settings.given.end()) break;
    if (const auto found = own_keys->second.find(option.name); found != own_keys->second.end()) options.insert(*found);
  }
  return options;
}

Result<SettingMap> transport_options_for(const Settings& settings, const RegistrySettings& registry,
                                         std::span<const Option> table) {
  auto options = transport_values(settings, table);
  for (const auto name : registry_transport_options) {
    const auto own = registry.values.find(name);
    if (own == registry.values.end() || own->second.value.empty()) continue;
    if (std::ranges::find(table, name, &Option::name) == table.end()) {
      return refuse(own->second.name_origin, "transport plugin \"" + settings.transport.plugin + "\" has no option \"" +
                                                 std::string(name) + "\"");
    }
    options.insert_or_assign(own->first, own->second);
  }
  return options;
}

Result<RegistryAccess> registry_address(const RegistrySettings& registry, const Reference& name) {
  if (name.plain_http() && !registry.insecure()) {
    return fail(Errc::invalid_argument, "http://" + name.host() + " is plain HTTP: allow it with --insecure, or with " +
                                            "registries.\"" + name.host() + "\".insecure in the config");
  }
  REGTOOL_TRY_ASSIGN(const auto url, Url::parse((registry.insecure() ? "http://" : "https://") + name.host()));
  RegistryAccess access;
  access.origin = url.origin();
  access.path_prefix = registry.path_prefix();
  access.plain_http_allowed = registry.insecure();
  access.trusted_realms = registry.trusted_realms();
  access.mirrors = registry.mirrors();
  return access;
}

}  // namespace regtool
