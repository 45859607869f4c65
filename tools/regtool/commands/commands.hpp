#pragma once
// All commands.

#include "command.hpp"

namespace regtool::cli {

std::unique_ptr<Command> pull_command();
std::unique_ptr<Command> push_command();
std::unique_ptr<Command> list_command();
std::unique_ptr<Command> show_command();
std::unique_ptr<Command> rm_command();
std::unique_ptr<Command> cp_command();
std::unique_ptr<Command> verify_command();
std::unique_ptr<Command> prune_command();
std::unique_ptr<Command> migrate_command();
std::unique_ptr<Command> export_command();
std::unique_ptr<Command> import_command();
std::unique_ptr<Command> key_show_command();
std::unique_ptr<Command> key_new_command();
std::unique_ptr<Command> plugin_list_command();
std::unique_ptr<Command> plugin_show_command();
std::unique_ptr<Command> config_show_command();
std::unique_ptr<Command> config_check_command();
std::unique_ptr<Command> config_options_command();
std::unique_ptr<Command> version_command();

// In the order in which `--help` lists them.
std::vector<std::unique_ptr<Command>> all_commands();

inline constexpr CommandGroup command_groups[] = {
    {"key", "The key that registries know you by"},
    {"plugin", "The plugins that regtool is made of"},
    {"config", "The settings in force"},
};

}  // namespace regtool::cli
