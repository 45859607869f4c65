#include "host/settings_report.hpp"

#include "host/assembly.hpp"
#include "host/setting_check.hpp"
#include "host/settings_schema.hpp"

#include <algorithm>

namespace regtool {
namespace {

std::string joined(std::string_view section, std::string_view key) {
  return section.empty() ? std::string(key) : std::string(section) + "." + std::string(key);
}

class Rows {
 public:
  explicit Rows(PluginHost& plugins) : plugins_(plugins) {}

  void add(std::string_view section, std::span<const Option> table, const SettingMap& given) {
    for (const auto& option : table) {
      const auto key = joined(section, option.name);
      if (std::ranges::find(rows_, key, &SettingRow::key) != rows_.end()) continue;  // core's own key, handed on
      const auto found = given.find(option.name);
      const bool is_given = found != given.end();
      if (!is_given && option.default_value.empty()) continue;  // not in force
      auto value = is_given ? checked_value(option, found->second).value_or(found->second.value)
                            : std::string(option.default_value);
      if (option.type == OptionType::secret && !value.empty()) value = "(set)";
      rows_.push_back({key, std::move(value), is_given ? found->second.origin.text() : std::string("default")});
    }
  }

  void add(PluginKind kind, const PluginChoice& choice) {
    rows_.push_back({choice.where + ".plugin", choice.plugin, choice.origin.text()});
    if (const auto table = plugins_.options(kind, choice.plugin)) {
      add(choice.where, *table, choice.options);
      return;
    }
    for (const auto& [name, setting] : choice.options)
      rows_.push_back({joined(choice.where, name), "(unknown: the plugin cannot be loaded)", setting.origin.text()});
  }

  void add_folders(const std::string& key, const std::vector<std::filesystem::path>& folders, const SettingMap& given) {
    std::string value;
    for (const auto& folder : folders) value += (value.empty() ? "" : ",") + folder.string();
    const auto found = given.find(key);
    rows_.push_back({key, std::move(value), found == given.end() ? "default" : found->second.origin.text()});
  }

  std::vector<SettingRow> take() { return std::move(rows_); }

 private:
  PluginHost& plugins_;
  std::vector<SettingRow> rows_;
};

const SettingMap& given(const Settings& settings, std::string_view section) {
  static const SettingMap none;
  const auto found = settings.given.find(section);
  return found == settings.given.end() ? none : found->second;
}

std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) (escaped += c == '|' ? "\\" : "") += c;
  return escaped;
}

std::string table_of(std::span<const Option> options) {
  if (options.empty()) return "No options.\n";
  std::string page = "| option | type | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const auto& option : options) {
    const auto value = option.default_value.empty() ? std::string() : "`" + cell(option.default_value) + "`";
    page += "| `" + cell(option.name) + "` | " + std::string(to_string(option.type)) + " | " + value + " | " +
            cell(option.help) + " |\n";
  }
  return page;
}

std::string_view place_of(PluginKind kind) {
  switch (kind) {
    case PluginKind::auth:
      return "registries.HOST.auth";
    case PluginKind::store:
      return "store` and `stores.NAME";
    case PluginKind::migrate:
      return "migrations[N]";
    default:
      return to_string(kind);
  }
}

}  // namespace

std::string_view to_string(OptionType type) noexcept {
  switch (type) {
    case OptionType::text:
      return "text";
    case OptionType::boolean:
      return "boolean";
    case OptionType::integer:
      return "integer";
    case OptionType::size:
      return "size";
    case OptionType::duration:
      return "duration";
    case OptionType::path:
      return "path";
    case OptionType::secret:
      return "secret";
    case OptionType::list:
      return "list";
  }
  return "";
}

std::vector<SettingRow> setting_rows(const Settings& settings, PluginHost& plugins) {
  Rows rows(plugins);
  rows.add_folders("plugin-path", settings.plugin_path, given(settings, ""));
  rows.add(PluginKind::store, settings.store);
  for (const auto& named : settings.stores) rows.add(PluginKind::store, named.choice);
  rows.add("transport", transport_options, given(settings, "transport"));
  rows.add(PluginKind::transport, settings.transport);
  rows.add(PluginKind::verify, settings.verify);
  rows.add(PluginKind::archive, settings.archive);
  for (const auto& migration : settings.migrations) rows.add(PluginKind::migrate, migration);
  rows.add("transfer", transfer_options, given(settings, "transfer"));
  for (const auto& registry : settings.registries) {
    rows.add("registries.\"" + registry.host + "\"", registry_options, registry.values);
    rows.add(PluginKind::auth, registry.auth);
  }
  return rows.take();
}

std::vector<Error> check_plugin_settings(const Settings& settings, PluginHost& plugins) {
  std::vector<Error> problems;
  const auto note = [&](Error error) {
    if (std::ranges::find(problems, error.message, &Error::message) == problems.end())
      problems.push_back(std::move(error));
  };
  const auto check = [&](PluginKind kind, const PluginChoice& choice, const SettingMap& options) {
    const auto table = plugins.options(kind, choice.plugin);
    if (!table) return note(refuse(choice.origin, table.error().message).value());
    if (const auto config = make_config(*table, options); !config) note(config.error());
  };
  check(PluginKind::store, settings.store, settings.store.options);
  for (const auto& [name, choice] : settings.stores) check(PluginKind::store, choice, choice.options);
  check(PluginKind::transport, settings.transport, settings.transport.options);
  check(PluginKind::verify, settings.verify, settings.verify.options);
  check(PluginKind::archive, settings.archive, settings.archive.options);
  for (const auto& migration : settings.migrations) check(PluginKind::migrate, migration, migration.options);
  const auto transport = plugins.options(PluginKind::transport, settings.transport.plugin);
  for (const auto& registry : settings.registries) {
    check(PluginKind::auth, registry.auth, registry.auth.options);
    if (!transport) continue;
    const auto options = transport_options_for(settings, registry, *transport);
    if (!options) {
      note(options.error());
    } else {
      check(PluginKind::transport, settings.transport, *options);
    }
  }
  return problems;
}

std::string options_page(const std::vector<PluginListing>& plugins) {
  std::string page =
      "# Options\n\n<!-- Made by `regtool config options`. Change the tables in the source, not this page. -->\n\n"
      "How the file is written, and what overrides what, is in [configuration.md](configuration.md).\n\n"
      "## Core\n";
  for (const auto& section : schema) {
    if (section.options.empty()) continue;
    page += section.name.empty() ? "\n### At the top\n\n" : "\n### `" + std::string(section.name) + "`\n\n";
    if (!section.help.empty()) page += std::string(section.help) + "\n\n";
    page += table_of(section.options);
  }
  for (const auto kind : plugin_kinds) {
    page += "\n## Plugins for `" + std::string(place_of(kind)) + "`\n";
    for (const auto& listing : plugins) {
      if (!listing.plugin) continue;
      for (const auto& offer : listing.plugin->offers) {
        if (offer.kind == kind) page += "\n### `" + offer.name + "`\n\n" + table_of(offer.options);
      }
    }
  }
  return page;
}

}  // namespace regtool
