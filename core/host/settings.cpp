#include "host/settings.hpp"

#include <regtool/url.hpp>

#include "base/ascii.hpp"
#include "base/nearest.hpp"
#include "base/option_check.hpp"
#include "host/setting_check.hpp"
#include "host/settings_schema.hpp"

#include <algorithm>

namespace regtool {
namespace {

bool has_option(std::span<const Option> table, std::string_view name) {
  return std::ranges::find(table, name, &Option::name) != table.end();
}

// "https://cache.lan:5000/" as the origin that URLs are compared by.
Result<std::string> origins_of(const std::string& urls) {
  std::string origins;
  for (std::string_view rest = urls; !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    REGTOOL_TRY_ASSIGN(const auto url, Url::parse(trim(rest.substr(0, comma))));
    if (url.target() != "/")
      return fail(Errc::invalid_argument, "URL \"" + url.without_query() + "\": no path may follow");
    (origins += origins.empty() ? "" : ",") += url.origin();
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return origins;
}

// "/ollama-remote/" as the text that goes before a repository.
Result<std::string> prefix_of(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  while (text.ends_with('/')) text.remove_suffix(1);
  const auto fits = [](char c) { return is_alnum(c) || std::string_view("._-/").find(c) != std::string_view::npos; };
  if (!std::ranges::all_of(text, fits) || text.find("..") != text.npos || text.find("//") != text.npos)
    return fail(Errc::invalid_argument, "\"" + std::string(text) + "\" is not the beginning of a repository's name");
  return std::string(text);
}

bool is_host(std::string_view host) {
  const auto fits = [](char c) { return is_alnum(c) || std::string_view("._-:[]").find(c) != std::string_view::npos; };
  return host == "*" || (!host.empty() && std::ranges::all_of(host, fits));
}

bool is_store_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return is_alnum(c) || c == '-' || c == '_'; });
}

class SettingsReader {
 public:
  explicit SettingsReader(std::vector<Error>& problems) : problems_(problems) {}

  Settings read(const ConfigNode& tree) {
    check_top_keys(tree);
    auto& top = settings_.given[""];
    for (const auto& child : tree.children) {
      if (has_option(top_options, child.name)) take(top_options, child, top);
    }
    settings_.store = read_choice("store", section(tree, "store"), {}, nullptr);
    settings_.transport =
        read_choice("transport", section(tree, "transport"), transport_options, &settings_.given["transport"]);
    settings_.verify = read_choice("verify", section(tree, "verify"), {}, nullptr);
    settings_.archive = read_choice("archive", section(tree, "archive"), {}, nullptr);
    read_stores(section(tree, "stores"));
    read_migrations(section(tree, "migrations"));
    read_registries(section(tree, "registries"));
    const auto transfer = section(tree, "transfer");
    if (expect_object(transfer)) {
      for (const auto& child : transfer.children) {
        const bool has_hours = child.name == "limit-rate" && child.is_object();
        take(transfer_options, has_hours ? in_one_line(child) : child, settings_.given["transfer"]);
      }
    }
    fill_plugin_path();
    fill_transfer();
    return std::move(settings_);
  }

 private:
  // Several places may inherit one mistake: it is told once.
  void note(Error error) {
    if (std::ranges::find(problems_, error.message, &Error::message) == problems_.end())
      problems_.push_back(std::move(error));
  }

  void note(const Origin& at, const std::string& why) { note(refuse(at, why).value()); }

  void check_top_keys(const ConfigNode& tree) {
    std::vector<std::string_view> known;
    for (const auto& part : schema) {
      if (!part.name.empty()) known.push_back(part.name);
    }
    for (const auto& option : top_options) known.push_back(option.name);
    for (const auto& child : tree.children) {
      if (std::ranges::find(known, child.name) == known.end())
        note(child.name_origin, "unknown key \"" + child.name + "\"" + did_you_mean(child.name, known));
    }
  }

  static ConfigNode section(const ConfigNode& tree, std::string_view name) {
    if (const auto* found = tree.find(name)) return *found;
    ConfigNode absent;
    absent.name = name;
    absent.origin = tree.origin;
    return absent;
  }

  bool expect_object(const ConfigNode& node) {
    if (!node.is_object()) note(node.origin, "\"" + node.name + "\" must be an object: {...}");
    return node.is_object();
  }

  void take(std::span<const Option> table, const ConfigNode& node, SettingMap& into) {
    const auto option = find_option(table, node.name);
    if (!option) return note(node.name_origin, option.error().message);
    auto setting = to_setting(node);
    if (!setting) return note(std::move(setting).error());
    auto value = checked_value(**option, *setting);
    if (!value) return note(std::move(value).error());
    setting->value = std::move(*value);
    into.insert_or_assign(node.name, std::move(*setting));
  }

  PluginChoice read_choice(const std::string& where, const ConfigNode& node, std::span<const Option> core_table,
                           SettingMap* core_values) {
    PluginChoice choice{where, {}, node.origin, {}};
    if (!expect_object(node)) return choice;
    for (const auto& child : node.children) {
      auto setting = to_setting(child);
      if (!setting) {
        note(std::move(setting).error());
      } else if (child.name == "plugin") {
        choice.plugin = setting->value;
        choice.origin = setting->origin;
      } else if (has_option(core_table, child.name)) {
        take(core_table, child, *core_values);
      } else {
        choice.options.insert_or_assign(child.name, std::move(*setting));
      }
    }
    if (choice.plugin.empty()) note(choice.origin, where + " names no plugin");
    return choice;
  }

  void read_stores(const ConfigNode& node) {
    if (!expect_object(node)) return;
    for (const auto& entry : node.children) {
      if (!is_store_name(entry.name)) {
        note(entry.name_origin, "\"" + entry.name + "\" is no name for a store: letters, digits, '-' and '_'");
      } else {
        settings_.stores.push_back({entry.name, read_choice("stores." + entry.name, entry, {}, nullptr)});
      }
    }
  }

  void read_migrations(const ConfigNode& node) {
    if (node.kind != ConfigNode::Kind::list) {
      if (!node.children.empty() || node.kind == ConfigNode::Kind::scalar)
        note(node.origin, "\"migrations\" must be a list: [{\"plugin\": ...}]");
      return;
    }
    for (const auto& item : node.children) {
      const auto where = "migrations[" + std::to_string(settings_.migrations.size()) + "]";
      settings_.migrations.push_back(read_choice(where, item, {}, nullptr));
    }
  }

  void read_registries(const ConfigNode& node) {
    const ConfigNode none;
    const auto* all = expect_object(node) ? node.find("*") : nullptr;
    if (all == nullptr) all = &none;
    settings_.registries.push_back(read_registry("*", *all));
    for (const auto& entry : node.children) {
      if (!is_host(entry.name)) {
        note(entry.name_origin, "\"" + entry.name + "\" is not a host, host:port or \"*\"");
      } else if (entry.name != "*" && expect_object(entry)) {
        auto effective = *all;
        merge(effective, entry);
        effective.origin = entry.origin;
        settings_.registries.push_back(read_registry(to_lower(entry.name), effective));
      }
    }
  }

  RegistrySettings read_registry(const std::string& host, const ConfigNode& node) {
    RegistrySettings registry;
    registry.host = host;
    const auto where = "registries.\"" + host + "\"";
    if (expect_object(node)) {
      for (const auto& child : node.children) {
        if (child.name != "auth") take(registry_options, child, registry.values);
      }
      registry.auth = read_choice(where + ".auth", section(node, "auth"), {}, nullptr);
    }
    normalise(registry.values, "mirrors", origins_of);
    normalise(registry.values, "trusted-realms", origins_of);
    normalise(registry.values, "path-prefix", prefix_of);
    registry.config = config_of(registry_options, registry.values);
    return registry;
  }

  template <class Normal>
  void normalise(SettingMap& values, std::string_view name, Normal normal) {
    const auto found = values.find(name);
    if (found == values.end()) return;
    auto value = normal(found->second.value);
    if (!value) return note(found->second.origin, std::string(name) + ": " + value.error().message);
    found->second.value = std::move(*value);
  }

  // Of values that are checked already: what is wrong with them was noted when they were taken.
  static Config config_of(std::span<const Option> table, const SettingMap& checked) {
    OptionValues values;
    for (const auto& [name, setting] : checked) values.emplace(name, setting.value);
    return Config::make(table, values).value_or(Config());
  }

  void fill_plugin_path() {
    const auto& top = settings_.given[""];
    const auto found = top.find("plugin-path");
    for (const auto& folder : config_of(top_options, top).list("plugin-path")) {
      settings_.plugin_path.push_back(found->second.origin.folder / expand_home(folder));
    }
  }

  unsigned bounded(const Config& config, const SettingMap& given, std::string_view name, unsigned most) {
    const auto value = config.integer(name);
    if (value >= 1 && value <= most) return static_cast<unsigned>(value);
    if (const auto found = given.find(name); found != given.end())
      note(found->second.origin, std::string(name) + " must be from 1 to " + std::to_string(most));
    return 1;
  }

  // {"default": "2M", "22:00-06:00": "unlimited"} as "2M,22:00-06:00=unlimited". What is wrong with it is left out.
  ConfigNode in_one_line(const ConfigNode& rates) {
    RateSchedule checked;
    std::string usual = "unlimited", spans;
    for (const auto& child : rates.children) {
      const bool is_default = child.name == "default";
      auto span = is_default ? RateSpan{} : parse_hours(child.name);
      if (!span) {
        note(child.name_origin, "limit-rate: " + span.error().message + ", nor \"default\"");
      } else if (const auto rate = to_setting(child).and_then([](const Setting& s) { return parse_rate(s.value); });
                 !rate) {
        note(child.origin, "limit-rate: " + rate.error().message);
      } else if (is_default) {
        usual = child.text;
      } else if (const auto added = add_span(checked, *span); !added) {
        note(child.name_origin, "limit-rate: " + added.error().message);
      } else {
        spans += "," + child.name + "=" + child.text;
      }
    }
    ConfigNode line = rates;
    line.kind = ConfigNode::Kind::scalar;
    line.children.clear();
    line.text = usual + spans;
    return line;
  }

  RateSchedule read_limit_rate(const std::string& text, const SettingMap& given) {
    auto schedule = parse_rate_schedule(text);
    if (schedule) return std::move(*schedule);
    if (const auto found = given.find("limit-rate"); found != given.end())
      note(found->second.origin, "limit-rate: " + schedule.error().message);
    return {};
  }

  void fill_transfer() {
    constexpr unsigned many = 1000;
    const auto& given = settings_.given["transfer"];
    const auto config = config_of(transfer_options, given);
    auto& transfer = settings_.transfer;
    const auto& transport = settings_.given["transport"];
    transfer.connections = bounded(config_of(transport_options, transport), transport, "connections", many);
    transfer.first_connections = bounded(config, given, "first-connections", many);
    transfer.checks = bounded(config, given, "checks", many);
    transfer.uploads = bounded(config, given, "uploads", many);
    transfer.tries = bounded(config, given, "tries", many);
    transfer.redirects = bounded(config, given, "redirects", many);
    transfer.backoff_min = config.duration("backoff-min");
    transfer.backoff_max = config.duration("backoff-max");
    transfer.upload_part = std::max<std::uint64_t>(config.size("upload-part"), 1 << 20);
    transfer.limit_rate = read_limit_rate(config.text("limit-rate"), given);
    transfer.patience = config.duration("patience");
    transfer.prune = config.boolean("prune");
    if (transfer.backoff_min > transfer.backoff_max) {
      const auto& at = given.contains("backoff-max") ? *given.find("backoff-max") : *given.find("backoff-min");
      note(at.second.origin, "backoff-max must not be less than backoff-min");
    }
  }

  std::vector<Error>& problems_;
  Settings settings_;
};

const RegistrySettings* find_host(const std::vector<RegistrySettings>& registries, std::string_view host) {
  const auto found = std::ranges::find(registries, host, &RegistrySettings::host);
  return found == registries.end() ? nullptr : &*found;
}

// Without the port. The brackets of an IPv6 literal stay.
std::string_view without_port(std::string_view host) {
  const auto colon = host.rfind(':');
  return colon == host.npos || host.find(']', colon) != host.npos ? host : host.substr(0, colon);
}

}  // namespace

const RegistrySettings& Settings::registry(std::string_view host) const noexcept {
  const auto lower = to_lower(host);
  if (const auto* same = find_host(registries, lower)) return *same;
  if (const auto* any_port = find_host(registries, without_port(lower))) return *any_port;
  return registries.front();
}

Result<const PluginChoice*> Settings::find_store(std::string_view name) const {
  if (name.empty()) return &store;
  const auto found = std::ranges::find(stores, name, &NamedStore::name);
  if (found != stores.end()) return &found->choice;
  std::vector<std::string_view> known;
  for (const auto& named : stores) known.push_back(named.name);
  return fail(Errc::invalid_argument,
              "no store \"" + std::string(name) + "\" under \"stores\" in the config" + did_you_mean(name, known));
}

Settings read_settings(const ConfigNode& tree, std::vector<Error>& problems) {
  return SettingsReader(problems).read(tree);
}

}  // namespace regtool
