#include "commands/commands.hpp"
#include "engine/library.hpp"
#include "json_text.hpp"
#include "session.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

class CpCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"cp", "Give a model a second name",
                                      "Makes DST another name of the model SRC in the store. Both share their blobs,\n"
                                      "so that it takes no space. What DST was before is replaced.",
                                      "  regtool cp gemma:2b alice/gemma:2b"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.argument(from_, "SRC", true, "A model in the store");
    parameters.argument(to_, "DST", true, "Its second name");
  }

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(const auto from, Reference::parse(from_));
    REGTOOL_TRY_ASSIGN(const auto to, Reference::parse(to_));
    ProgressBoard board;
    REGTOOL_TRY_ASSIGN(const auto tools, session.toolkit(board));
    REGTOOL_TRY(copy_model(session.context(), tools, from, to));
    if (!session.options().json) return session.print(fmt::format("{}: copied to {}", from.display(), to.display()));
    return session.print(JsonText()
                             .begin_object()
                             .field("source", from.display())
                             .field("destination", to.display())
                             .end_object()
                             .text());
  }

 private:
  std::string from_, to_;
};

}  // namespace

std::unique_ptr<Command> cp_command() { return std::make_unique<CpCommand>(); }

}  // namespace regtool::cli
