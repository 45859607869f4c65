#include "commands/commands.hpp"
#include "engine/removal.hpp"
#include "json_text.hpp"
#include "names.hpp"
#include "terminal/units.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

// "3 blobs (1.68 GB)"
std::string counted(const Amount& amount) {
  return fmt::format("{} ({})", format_count(amount.count, "blob"), format_bytes(amount.bytes));
}

std::string summary(const Reference& name, const RemovalReport& report, bool dry_run) {
  const auto& [removed, shared] = report;
  const auto text = name.display() + (dry_run ? ": would be removed" : ": removed");
  if (removed.count == 0 && shared.count == 0) return text + "; no blobs go with it";
  if (removed.count == 0) return fmt::format("{}; its {} stay for other models", text, counted(shared));
  if (shared.count == 0) return fmt::format("{}, with {}", text, counted(removed));
  return fmt::format("{}, with {}; {} stay for other models", text, counted(removed), counted(shared));
}

void describe(JsonText& json, const Reference& name, const RemovalReport& report) {
  json.begin_object()
      .field("name", name.display())
      .field("blobs", std::uint64_t{report.removed.count})
      .field("bytes", report.removed.bytes)
      .field("shared_blobs", std::uint64_t{report.shared.count})
      .field("shared_bytes", report.shared.bytes)
      .end_object();
}

class RmCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"rm", "Remove models from the store",
                                      "Removes each name, and then the blobs that no other model in the store needs.\n"
                                      "Nothing changes at a registry.",
                                      "  regtool rm gemma:2b alice/draft\n"
                                      "  regtool rm --dry-run gemma:2b"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.arguments(names_, "NAME", true, "Models in the store");
    parameters.flag(dry_run_, "--dry-run", "Only tell what would be removed");
    parameters.flag(no_prune_, "--no-prune", "Remove the names alone");
  }

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(const auto names, parse_names(names_));
    ProgressBoard board;
    REGTOOL_TRY_ASSIGN(const auto tools, session.toolkit(board));
    const bool prune = !no_prune_ && tools.settings.prune;
    std::optional<RemovalRehearsal> rehearsal;
    if (dry_run_) {
      REGTOOL_TRY_ASSIGN(rehearsal, RemovalRehearsal::begin(session.context(), tools));
    }
    JsonText json;
    json.begin_object().key("models").begin_array();
    auto outcome = for_each_name(session, names, [&](const Reference& name) -> Result<> {
      REGTOOL_TRY_ASSIGN(const auto report, rehearsal ? rehearsal->remove(session.context(), tools, name, prune)
                                                      : remove_model(session.context(), tools, name, prune));
      if (!session.options().json) return session.print(summary(name, report, dry_run_));
      describe(json, name, report);
      return {};
    });
    if (session.options().json) REGTOOL_TRY(session.print(json.end_array().end_object().text()));
    return outcome;
  }

 private:
  std::vector<std::string> names_;
  bool dry_run_ = false, no_prune_ = false;
};

}  // namespace

std::unique_ptr<Command> rm_command() { return std::make_unique<RmCommand>(); }

}  // namespace regtool::cli
