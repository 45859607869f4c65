#include "commands/commands.hpp"
#include "host/assembly.hpp"
#include "host/settings_report.hpp"
#include "json_text.hpp"
#include "session.hpp"
#include "table.hpp"
#include "terminal/units.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

std::string as_table(const std::vector<SettingRow>& settings) {
  std::vector<TableRow> rows{{"KEY", "VALUE", "FROM"}};
  for (const auto& [key, value, origin] : settings) rows.push_back({key, value.empty() ? "-" : value, origin});
  return format_table(rows, 2);
}

std::string as_json(const std::vector<SettingRow>& settings) {
  JsonText json;
  json.begin_object().key("settings").begin_array();
  for (const auto& [key, value, origin] : settings) {
    json.begin_object().field("key", key).field("value", value).field("from", origin).end_object();
  }
  return json.end_array().end_object().text();
}

class ConfigShowCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"config show", "Show every setting in force",
                                      "Shows every setting, its value, and where that came from: the default, a line\n"
                                      "of the config file, an environment variable or the command line. Secrets are\n"
                                      "not shown.",
                                      "  regtool config show --set store.root=/srv/models"};
    return text;
  }

  void declare(Parameters&) override {}

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
    const auto rows = setting_rows(assembly->settings(), assembly->plugins());
    return session.print(session.options().json ? as_json(rows) : as_table(rows));
  }
};

class ConfigCheckCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"config check", "Find every mistake in the config",
                                      "Reads the config, loads the plugins that it names, and reports everything that\n"
                                      "is wrong, each with its position. Exit status 2 says that there is something.",
                                      "  regtool config check --config ./regtool.json"};
    return text;
  }

  void declare(Parameters&) override {}

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(auto loaded, load_all_settings(process_environment(), session.config_request()));
    auto problems = std::move(loaded.problems);
    PluginHost plugins(loaded.settings.plugin_path);
    for (auto& problem : check_plugin_settings(loaded.settings, plugins)) problems.push_back(std::move(problem));
    REGTOOL_TRY(
        session.print(session.options().json ? problems_as_json(problems) : as_text(loaded.settings, problems)));
    if (problems.empty()) return {};
    return fail(Errc::invalid_argument, format_count(problems.size(), "problem") + " in the config");
  }

 private:
  static std::string as_text(const Settings& settings, const std::vector<Error>& problems) {
    if (problems.empty()) return settings.file ? settings.file->string() + ": good" : "no config file; all is default";
    std::string text;
    for (const auto& problem : problems) text += (text.empty() ? "" : "\n") + problem.message;
    return text;
  }

  static std::string problems_as_json(const std::vector<Error>& problems) {
    JsonText json;
    json.begin_object().key("problems").begin_array();
    for (const auto& problem : problems) json.value(problem.message);
    return json.end_array().end_object().text();
  }
};

class ConfigOptionsCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"config options", "Print every key that a config may have",
                                      "Prints all keys of the config and all options of the plugins that are found,\n"
                                      "with type, default and meaning, as Markdown: the page docs/options.md is what\n"
                                      "this prints.",
                                      "  regtool config options > options.md"};
    return text;
  }

  void declare(Parameters&) override {}

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
    auto page = options_page(assembly->plugins().list());
    if (page.ends_with('\n')) page.pop_back();
    if (!session.options().json) return session.print(page);
    return session.print(JsonText().begin_object().field("markdown", page).end_object().text());
  }
};

}  // namespace

std::unique_ptr<Command> config_show_command() { return std::make_unique<ConfigShowCommand>(); }

std::unique_ptr<Command> config_check_command() { return std::make_unique<ConfigCheckCommand>(); }

std::unique_ptr<Command> config_options_command() { return std::make_unique<ConfigOptionsCommand>(); }

}  // namespace regtool::cli
