#include "command_line.hpp"

#include "base/nearest.hpp"
#include "commands/commands.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace regtool::cli {
namespace {

constexpr const char* about =
    "regtool moves AI models between an Ollama-style store and a registry: verified,\n"
    "resumable, and as fast as the link allows. Without a config file it works as\n"
    "Ollama's own client does: same store, same key, same registry.";

constexpr const char* about_footer =
    "regtool COMMAND --help tells more about a command, with an example.\n"
    "Exit status: 0 done, 1 failed, 2 usage or config, 3 not authorised,\n"
    "4 not found, 5 integrity, 6 network, 7 no space, 130 interrupted.";

constexpr const char* group_of_commands = "Commands";

class CliParameters final : public Parameters {
 public:
  explicit CliParameters(CLI::App& app) : app_(app) {}

  void flag(bool& target, const char* name, const char* help) override { app_.add_flag(name, target, help); }

  void number(std::optional<unsigned>& target, const char* name, const char* help) override {
    app_.add_option_function<unsigned>(
            name, [&target](const unsigned& value) { target = value; }, help)
        ->check(CLI::Range(1, 1024).description(""))
        ->type_name("N");
  }

  void text(std::string& target, const char* name, const char* value, const char* help) override {
    app_.add_option(name, target, help)->type_name(value);
  }

  void argument(std::string& target, const char* name, bool required, const char* help) override {
    app_.add_option(name, target, help)->required(required)->type_name("");
  }

  void arguments(std::vector<std::string>& target, const char* name, bool required, const char* help) override {
    app_.add_option(name, target, help)->required(required)->type_name("");
  }

 private:
  CLI::App& app_;
};

ProgressStyle progress_style(std::string_view name) {
  constexpr std::pair<std::string_view, ProgressStyle> styles[] = {{"auto", ProgressStyle::automatic},
                                                                   {"bar", ProgressStyle::bar},
                                                                   {"plain", ProgressStyle::plain},
                                                                   {"json", ProgressStyle::json},
                                                                   {"none", ProgressStyle::none}};
  for (const auto& [known, style] : styles) {
    if (known == name) return style;
  }
  throw CLI::ValidationError("--progress", fmt::format("\"{}\" is none of auto, bar, plain, json and none", name));
}

void declare_globals(CLI::App& app, GlobalOptions& options) {
  app.add_option("--config", options.config, "Read this config file and no other")->type_name("FILE");
  app.add_option("--set", options.set, "Set one config value, as in store.root=/models")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--plugin-path", options.plugin_path, "Look for plugins in this folder first")
      ->type_name("DIR")
      ->allow_extra_args(false);
  app.add_option("--store", options.store, "Work on this one of the config's named stores")->type_name("NAME");
  app.add_option_function<std::string>(
         "--progress", [&options](const std::string& name) { options.progress = progress_style(name); },
         "How to show progress: auto, bar, plain, json or none")
      ->type_name("STYLE");
  app.add_flag("-q,--quiet", options.quiet, "Show neither progress nor warnings");
  app.add_flag("-v,--verbose", options.verbose, "Tell what happens behind the scenes");
  app.add_flag("--json", options.json, "Print results as JSON");
}

void lay_out(CLI::FormatterBase& formatter) {
  formatter.column_width(26);
  formatter.label("OPTIONS", "options");
  formatter.label("Positionals", "Arguments");
  formatter.label("SUBCOMMAND", "COMMAND");
  formatter.label("REQUIRED", "");  // the usage has the others in brackets
}

// The tree of commands, as CLI11 has it.
class Grammar {
 public:
  Grammar(std::span<const std::unique_ptr<Command>> commands, GlobalOptions& options) : app_(about, "regtool") {
    app_.footer(about_footer);
    lay_out(*app_.get_formatter());
    app_.set_help_flag("-h,--help", "Print this help and exit");
    app_.require_subcommand(0, 1);
    declare_globals(app_, options);
    for (const auto& command : commands) add(*command);
  }

  CLI::App& app() noexcept { return app_; }

  // The app of what was typed, as far as it was understood: for help and suggestions.
  CLI::App& deepest() {
    auto* app = &app_;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
    return *app;
  }

  // Null where only a group was named or nothing at all.
  Command* command_of(CLI::App& app) const {
    const auto found = by_app_.find(&app);
    return found == by_app_.end() ? nullptr : found->second;
  }

 private:
  void add(Command& command) {
    const auto& info = command.info();
    const std::string_view name = info.name;
    const auto space = name.find(' ');
    auto& parent = space == std::string_view::npos ? app_ : group(std::string(name.substr(0, space)));
    auto* app =
        parent.add_subcommand(std::string(name.substr(space == std::string_view::npos ? 0 : space + 1)), info.summary);
    app->fallthrough()->group(group_of_commands);
    CliParameters parameters(*app);
    command.declare(parameters);
    by_app_[app] = &command;
    // A group by itself means its first command.
    if (&parent != &app_) by_app_.try_emplace(&parent, &command);
  }

  CLI::App& group(const std::string& name) {
    auto& app = groups_[name];
    if (app != nullptr) return *app;
    const auto* row = std::find_if(std::begin(command_groups), std::end(command_groups),
                                   [&](const CommandGroup& candidate) { return candidate.name == name; });
    app = app_.add_subcommand(name, row->summary);
    app->fallthrough()->group(group_of_commands);
    app->require_subcommand(0, 1);
    return *app;
  }

  CLI::App app_;
  std::map<std::string, CLI::App*> groups_;
  std::map<CLI::App*, Command*> by_app_;
};

std::string name_of(const CLI::App& app) {
  if (app.get_parent() == nullptr) return "regtool";
  return name_of(*app.get_parent()) + ' ' + app.get_name();
}

std::string help_of(CLI::App& app, const Command* command) {
  const auto before = app.get_parent() == nullptr ? "" : name_of(*app.get_parent());
  auto description = app.get_description();
  if (command != nullptr) {
    const auto& info = command->info();
    if (app.get_subcommands({}).empty()) {
      description = info.description;
      app.footer(fmt::format("Example:\n{}\n\nOptions of every command: regtool --help", info.example));
    } else {
      app.footer(fmt::format("{0} alone means regtool {1}.\n{0} COMMAND --help tells more.", name_of(app), info.name));
    }
  }
  app.description(description + '\n');
  auto help = app.help(before);
  help.pop_back();
  return help;
}

// What people type before they know the program.
std::vector<std::string> as_meant(std::span<const std::string> words) {
  if (words.size() == 1 && (words[0] == "--version" || words[0] == "-V")) return {"version"};
  if (words.empty() || words[0] != "help") return {words.begin(), words.end()};
  std::vector<std::string> meant(words.begin() + 1, words.end());
  meant.emplace_back("--help");
  return meant;
}

std::vector<std::string> names_of_commands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

// Those of the command and those of every command.
std::vector<std::string> names_of_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* level = &app; level != nullptr; level = level->get_parent()) {
    for (const auto* option : level->get_options()) {
      for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

std::string suggestion(std::string_view typed, const std::vector<std::string>& known) {
  const std::vector<std::string_view> names(known.begin(), known.end());
  const auto near = nearest(typed, names);
  return near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near);
}

// Says what could not be understood of the words that were left over.
std::string about_extra(const CLI::App& app, const std::string& word) {
  const auto see = fmt::format("; see {} --help", name_of(app));
  if (word.size() > 1 && word.front() == '-') {
    const auto typed = word.substr(0, word.find('='));
    const auto near = suggestion(typed, names_of_options(app));
    return fmt::format("unknown option \"{}\"{}", typed, near.empty() ? see : near);
  }
  const auto commands = names_of_commands(app);
  if (commands.empty()) return fmt::format("one argument too many: \"{}\"{}", word, see);
  const auto near = suggestion(word, commands);
  return fmt::format("unknown command \"{}\"{}", word, near.empty() ? see : near);
}

std::string explain(const CLI::ParseError& error, CLI::App& root, const CLI::App& deepest) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const auto extra = root.remaining(true);
    if (!extra.empty()) return about_extra(deepest, extra.front());
  }
  std::string what = error.what();
  std::replace(what.begin(), what.end(), '\n', ' ');
  return fmt::format("{}; see {} --help", what, name_of(deepest));
}

}  // namespace

Result<ParsedLine> parse_command_line(std::span<const std::string> words,
                                      std::span<const std::unique_ptr<Command>> commands) {
  ParsedLine line;
  Grammar grammar(commands, line.options);
  // CLI11 takes the words in reverse.
  auto reversed = as_meant(words);
  std::reverse(reversed.begin(), reversed.end());
  try {
    grammar.app().parse(reversed);
  } catch (const CLI::CallForHelp&) {
    auto& app = grammar.deepest();
    line.help = help_of(app, grammar.command_of(app));
    return line;
  } catch (const CLI::ParseError& error) {
    return fail(Errc::invalid_argument, explain(error, grammar.app(), grammar.deepest()));
  }
  line.command = grammar.command_of(grammar.deepest());
  if (line.command == nullptr) return fail(Errc::invalid_argument, "no command given; see regtool --help");
  return line;
}

}  // namespace regtool::cli
