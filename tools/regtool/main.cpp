// The host program: it parses the command line, runs one command, and says how that ended.

#include "command_line.hpp"
#include "commands/commands.hpp"
#include "exit_status.hpp"
#include "session.hpp"
#include "terminal/interrupt.hpp"
#include "terminal/terminal.hpp"

#include <exception>

namespace regtool::cli {
namespace {

Result<> run_line(const ParsedLine& line, Session& session) {
  if (line.command == nullptr) return session.print(line.help);
  auto result = line.command->run(session);
  if (!result && result.error().code == Errc::cancelled) return fail(Errc::cancelled, line.command->info().interrupted);
  return result;
}

int run(const std::vector<std::string>& words, Screen& screen, const std::stop_token& stop) {
  const auto commands = all_commands();
  const auto line = parse_command_line(words, commands);
  Session session(line ? line->options : GlobalOptions{}, screen, stop);
  const auto result = line ? run_line(*line, session) : Result<>(fail(line.error()));
  if (result) return to_status(ExitStatus::done);
  session.console().report(result.error());
  return to_status(exit_status(result.error().code));
}

}  // namespace
}  // namespace regtool::cli

int main(int argc, char** argv) {
  using namespace regtool::cli;
  Screen screen([](std::string_view text) { (void)write_to(Stream::errors, text); });
  try {
    const InterruptWatch watch([&screen] { screen.clear(); });
    return run({argv + 1, argv + argc}, screen, watch.token());
  } catch (const std::exception& error) {
    screen.print(std::string("error: ") + error.what());
    return to_status(ExitStatus::failed);
  }
}
