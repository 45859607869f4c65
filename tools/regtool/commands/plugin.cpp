#include "commands/commands.hpp"
#include "host/assembly.hpp"
#include "json_text.hpp"
#include "session.hpp"
#include "table.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

std::string as_text(const PluginSummary& plugin) {
  auto text =
      format_table({{"name", plugin.info.name}, {"version", plugin.info.version}, {"file", plugin.info.file.string()}});
  for (const auto& offer : plugin.offers) {
    text += fmt::format("\n\n{} \"{}\"", to_string(offer.kind), offer.name);
    std::vector<TableRow> rows;
    for (const auto& option : offer.options) {
      const auto value = option.default_value.empty() ? "-" : std::string(option.default_value);
      rows.push_back({std::string(option.name), value, std::string(option.help)});
    }
    if (!rows.empty()) text += '\n' + format_table(rows, 2, 2);
  }
  return text;
}

void describe(JsonText& json, const PluginSummary& plugin) {
  json.field("version", plugin.info.version).key("offers").begin_array();
  for (const auto& offer : plugin.offers) {
    json.begin_object().field("kind", to_string(offer.kind)).field("name", offer.name).key("options").begin_array();
    for (const auto& option : offer.options) {
      json.begin_object()
          .field("name", option.name)
          .field("default", option.default_value)
          .field("help", option.help)
          .end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
}

std::string as_json(const std::vector<PluginListing>& listings) {
  JsonText json;
  json.begin_object().key("plugins").begin_array();
  for (const auto& listing : listings) {
    json.begin_object().field("name", listing.name).field("file", listing.file.string()).key("problem");
    listing.plugin ? json.null() : json.value(listing.plugin.error().message);
    if (listing.plugin) describe(json, *listing.plugin);
    json.end_object();
  }
  return json.end_array().end_object().text();
}

std::string as_text(const std::vector<PluginListing>& listings) {
  std::vector<TableRow> rows{{"NAME", "VERSION", "FILE"}};
  for (const auto& listing : listings) {
    const auto& plugin = listing.plugin;
    rows.push_back({listing.name, plugin ? plugin->info.version : "-",
                    plugin ? listing.file.string() : "unusable: " + plugin.error().message});
  }
  return format_table(rows, 4);
}

class PluginListCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"plugin list", "List the plugins that are found",
                                      "Lists every plugin in the search path, and why those that cannot be used\n"
                                      "cannot. The search path is --plugin-path, REGTOOL_PLUGIN_PATH, the config's\n"
                                      "plugin-path and the place of installation, in this order.",
                                      "  regtool plugin list"};
    return text;
  }

  void declare(Parameters&) override {}

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
    const auto listings = assembly->plugins().list();
    return session.print(session.options().json ? as_json(listings) : as_text(listings));
  }
};

class PluginShowCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{
        "plugin show", "Show a plugin and its options",
        "Shows where a plugin was found, what it offers, and the options that the config\n"
        "may give it, each with its default.",
        "  regtool plugin show transport-poco"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.argument(name_, "NAME", true, "A plugin, in full or in short");
  }

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
    REGTOOL_TRY_ASSIGN(const auto plugin, assembly->plugins().describe(name_));
    if (!session.options().json) return session.print(as_text(plugin));
    JsonText json;
    json.begin_object().field("name", plugin.info.name).field("file", plugin.info.file.string());
    describe(json, plugin);
    return session.print(json.end_object().text());
  }

 private:
  std::string name_;
};

}  // namespace

std::unique_ptr<Command> plugin_list_command() { return std::make_unique<PluginListCommand>(); }

std::unique_ptr<Command> plugin_show_command() { return std::make_unique<PluginShowCommand>(); }

}  // namespace regtool::cli
