#pragma once
// What a command is. Each is one file in commands/.

#include <regtool/result.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regtool::cli {

class Session;

// Takes the declarations of a command's arguments. What it is given is written to before the command runs, and must
// live until then.
class Parameters {
 public:
  virtual ~Parameters() = default;
  virtual void flag(bool& target, const char* name, const char* help) = 0;                            // "--json"
  virtual void number(std::optional<unsigned>& target, const char* name, const char* help) = 0;       // at least 1
  virtual void text(std::string& target, const char* name, const char* value, const char* help) = 0;  // "--as NAME"
  virtual void argument(std::string& target, const char* name, bool required, const char* help) = 0;
  virtual void arguments(std::vector<std::string>& target, const char* name, bool required, const char* help) = 0;
};

// For `--help`, and for what depends on the command alone.
struct CommandInfo {
  const char* name;         // "pull"; two words where it belongs to a group: "plugin list"
  const char* summary;      // one line, for the list of commands
  const char* description;  // a paragraph
  const char* example;      // one command line or several, each with what it does
  const char* interrupted = "interrupted";
};

class Command {
 public:
  virtual ~Command() = default;
  virtual const CommandInfo& info() const noexcept = 0;
  virtual void declare(Parameters& parameters) = 0;

  // The error, if there is one, is shown by the caller and becomes the exit status.
  virtual Result<> run(Session& session) = 0;
};

// Commands of two words; without the second word, the group's first command is meant.
struct CommandGroup {
  const char* name;
  const char* summary;
};

}  // namespace regtool::cli
