#include <regtool/plugin.hpp>

#include "commands/commands.hpp"
#include "json_text.hpp"
#include "session.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

class VersionCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"version", "Print the version",
                                      "Prints regtool's version, and the two things that a plugin must share with it:\n"
                                      "the number of the plugin interface, and the toolchain.",
                                      "  regtool version --json"};
    return text;
  }

  void declare(Parameters&) override {}

  Result<> run(Session& session) override {
    if (!session.options().json) {
      return session.print(
          fmt::format("regtool {} (plugin ABI {}, {})", REGTOOL_VERSION, plugin_abi, plugin_toolchain));
    }
    return session.print(JsonText()
                             .begin_object()
                             .field("version", REGTOOL_VERSION)
                             .field("plugin_abi", std::uint64_t{plugin_abi})
                             .field("toolchain", plugin_toolchain)
                             .end_object()
                             .text());
  }
};

}  // namespace

std::unique_ptr<Command> version_command() { return std::make_unique<VersionCommand>(); }

}  // namespace regtool::cli
