#include "commands/commands.hpp"
#include "engine/removal.hpp"
#include "json_text.hpp"
#include "names.hpp"
#include "terminal/units.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

class RmCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"rm", "Remove models from the store",
                                      "Removes each name, and then the blobs that no other model in the store needs.\n"
                                      "Nothing changes at a registry.",
                                      "  regtool rm gemma:2b alice/draft"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.arguments(names_, "NAME", true, "Models in the store");
    parameters.flag(no_prune_, "--no-prune", "Remove the names alone");
  }

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(const auto names, parse_names(names_));
    ProgressBoard board;
    REGTOOL_TRY_ASSIGN(const auto tools, session.toolkit(board));
    const bool prune = !no_prune_ && tools.settings.prune;
    JsonText json;
    json.begin_object().key("models").begin_array();
    auto outcome = for_each_name(session, names, [&](const Reference& name) -> Result<> {
      REGTOOL_TRY_ASSIGN(const auto report, remove_model(session.context(), tools, name, prune));
      if (!session.options().json) {
        if (report.removed.count == 0) return session.print(name.display() + ": removed; no blobs went with it");
        return session.print(fmt::format("{}: removed, with {} ({})", name.display(),
                                         format_count(report.removed.count, "blob"),
                                         format_bytes(report.removed.bytes)));
      }
      json.begin_object()
          .field("name", name.display())
          .field("blobs", std::uint64_t{report.removed.count})
          .field("bytes", report.removed.bytes)
          .end_object();
      return {};
    });
    if (session.options().json) REGTOOL_TRY(session.print(json.end_array().end_object().text()));
    return outcome;
  }

 private:
  std::vector<std::string> names_;
  bool no_prune_ = false;
};

}  // namespace

std::unique_ptr<Command> rm_command() { return std::make_unique<RmCommand>(); }

}  // namespace regtool::cli
