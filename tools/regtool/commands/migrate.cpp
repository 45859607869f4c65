#include "engine/migrate.hpp"

#include "commands/commands.hpp"
#include "copy_summary.hpp"
#include "host/assembly.hpp"
#include "json_text.hpp"
#include "names.hpp"
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
    static constexpr CommandInfo text{"migrate", "Bring an older store up to date, or move to another",
                                      "Renames what earlier programs named otherwise, so that today's find it. Every\n"
                                      "command that opens the store does the same; this one says what was done, or\n"
                                      "with --dry-run what would be. With --to-store every model is copied into\n"
                                      "another of the config's stores, whatever its layout, every byte verified; the\n"
                                      "store itself stays as it is. Run again, it goes on where it was.",
                                      "  regtool migrate --dry-run\n"
                                      "  regtool migrate --to-store bundle",
                                      "interrupted; what was copied is kept: run the same command again to resume"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.flag(dry_run_, "--dry-run", "Only tell what would be renamed, or copied");
    parameters.text(to_store_, "--to-store", "NAME", "Copy every model into this one of the config's stores");
  }

  Result<> run(Session& session) override { return to_store_.empty() ? rename(session) : copy_all(session); }

 private:
  Result<> rename(Session& session) const {
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

  Result<> copy_all(Session& session) const {
    ProgressBoard board;
    REGTOOL_TRY_ASSIGN(const auto tools, session.toolkit(board));
    REGTOOL_TRY_ASSIGN(const auto infos, tools.refs.list(session.context()));
    std::vector<Reference> names;
    for (const auto& info : infos) names.push_back(info.name);
    JsonText json;
    json.begin_object().key("models").begin_array();
    auto outcome = for_each_name(session, names, [&](const Reference& name) -> Result<> {
      REGTOOL_TRY_ASSIGN(const auto report, copy_one(session, name));
      if (!session.options().json) return session.print(copy_summary(name, report, to_store_, dry_run_));
      json.begin_object().field("name", name.display());
      describe_copy(json, report);
      json.end_object();
      return {};
    });
    if (session.options().json) REGTOOL_TRY(session.print(json.end_array().end_object().text()));
    if (names.empty() && !session.options().json) return session.print("nothing to do");
    return outcome;
  }

  Result<CopyReport> copy_one(Session& session, const Reference& name) const {
    return session.run([&](const Toolkit& from) -> Result<CopyReport> {
      REGTOOL_TRY_ASSIGN(const auto to, session.toolkit(from.progress, to_store_));
      to.progress.enter("copying blobs");
      return copy_model(session.context(), from, name, to, name, dry_run_);
    });
  }

  std::string to_store_;
  bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<Command> migrate_command() { return std::make_unique<MigrateCommand>(); }

}  // namespace regtool::cli
