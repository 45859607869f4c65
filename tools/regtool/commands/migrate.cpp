#include "engine/migrate.hpp"

#include "commands/commands.hpp"
#include "host/assembly.hpp"
#include "json_text.hpp"
#include "session.hpp"
#include "terminal/units.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

std::string plan_as_text(const std::vector<Rename>& plan) {
  if (plan.empty()) return "nothing to do";
  std::string text;
  for (const auto& [from, to] : plan) text += fmt::format("{} -> {}\n", from.string(), to.string());
  return text + fmt::format("{} would be renamed", format_count(plan.size(), "file"));
}

std::string plan_as_json(const std::vector<Rename>& plan) {
  JsonText json;
  json.begin_object().key("renames").begin_array();
  for (const auto& [from, to] : plan) {
    json.begin_object().field("from", from.string()).field("to", to.string()).end_object();
  }
  return json.end_array().end_object().text();
}

std::string report_as_text(const MigrationReport& report) {
  if (report.renamed + report.removed + report.left == 0) return "nothing to do";
  auto text = format_count(report.renamed, "file") + " renamed";
  if (report.removed > 0) text += fmt::format(", {} removed", format_count(report.removed, "duplicate"));
  if (report.left > 0) text += fmt::format(", {} left as they are", format_count(report.left, "file"));
  return text;
}

std::string report_as_json(const MigrationReport& report) {
  return JsonText()
      .begin_object()
      .field("renamed", std::uint64_t{report.renamed})
      .field("removed", std::uint64_t{report.removed})
      .field("left", std::uint64_t{report.left})
      .end_object()
      .text();
}

class MigrateCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"migrate", "Bring an older store up to date",
                                      "Renames what earlier programs named otherwise, so that today's find it. Every\n"
                                      "command that opens the store does the same; this one says what was done, or\n"
                                      "with --dry-run what would be.",
                                      "  regtool migrate --dry-run"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.flag(dry_run_, "--dry-run", "Only tell what would be renamed");
  }

  Result<> run(Session& session) override {
    const auto ctx = session.context();
    REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
    REGTOOL_TRY_ASSIGN(const auto* storage, assembly->storage(ctx));
    REGTOOL_TRY_ASSIGN(const auto migrations, assembly->migrations(ctx));
    const bool json = session.options().json;
    // A store without a local root has no migrations.
    const auto root = storage->root.value_or("");
    if (dry_run_) {
      REGTOOL_TRY_ASSIGN(const auto plan, plan_migrations(ctx, root, migrations));
      return session.print(json ? plan_as_json(plan) : plan_as_text(plan));
    }
    REGTOOL_TRY_ASSIGN(const auto report, migrate(ctx, root, migrations));
    return session.print(json ? report_as_json(report) : report_as_text(report));
  }

 private:
  bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<Command> migrate_command() { return std::make_unique<MigrateCommand>(); }

}  // namespace regtool::cli
