#include "commands/commands.hpp"

namespace regtool::cli {

std::vector<std::unique_ptr<Command>> all_commands() {
  using Maker = std::unique_ptr<Command> (*)();
  constexpr Maker makers[] = {
      pull_command,        push_command,         list_command,           show_command,        rm_command,
      cp_command,          verify_command,       prune_command,          migrate_command,     export_command,
      import_command,      key_show_command,     key_new_command,        plugin_list_command, plugin_show_command,
      config_show_command, config_check_command, config_options_command, version_command};
  std::vector<std::unique_ptr<Command>> commands;
  for (const auto make : makers) commands.push_back(make());
  return commands;
}

}  // namespace regtool::cli
