#pragma once
// From the words of a command line to a command that is ready to run.

#include "command.hpp"
#include "global_options.hpp"

#include <span>

namespace regtool::cli {

struct ParsedLine {
  Command* command = nullptr;  // one of those given; null when help was asked for
  std::string help;
  GlobalOptions options;
};

// `words` without the program's name. Writes to what the command declared. Errc::invalid_argument in one line, with the
// nearest known command or option where one is near.
Result<ParsedLine> parse_command_line(std::span<const std::string> words,
                                      std::span<const std::unique_ptr<Command>> commands);

}  // namespace regtool::cli
