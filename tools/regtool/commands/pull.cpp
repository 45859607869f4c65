#include "engine/pull.hpp"

#include "commands/commands.hpp"
#include "host/assembly.hpp"
#include "json_text.hpp"
#include "names.hpp"
#include "terminal/units.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

std::string summary(const Reference& name, const PullReport& report, bool dry_run) {
  const auto what = fmt::format("{} of {}", format_bytes(report.fetched_bytes), format_bytes(report.total_bytes));
  const auto blobs = fmt::format("{} of {}", report.fetched_blobs, format_count(report.blobs, "blob"));
  if (dry_run) return fmt::format("{}: would fetch {} in {}", name.display(), what, blobs);
  if (!report.changed && report.fetched_blobs == 0) return fmt::format("{}: up to date", name.display());
  const auto pruned =
      report.pruned_blobs > 0 ? fmt::format(", {} removed", format_count(report.pruned_blobs, "old blob")) : "";
  return fmt::format("{}: pulled, fetched {} in {}{}", name.display(), what, blobs, pruned);
}

void describe(JsonText& json, const Reference& name, const PullReport& report) {
  json.begin_object()
      .field("name", name.display())
      .field("digest", report.manifest.text())
      .field("changed", report.changed)
      .field("total_bytes", report.total_bytes)
      .field("fetched_bytes", report.fetched_bytes)
      .field("blobs", std::uint64_t{report.blobs})
      .field("fetched_blobs", std::uint64_t{report.fetched_blobs})
      .field("pruned_blobs", std::uint64_t{report.pruned_blobs})
      .end_object();
}

class PullCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"pull", "Fetch models from a registry",
                                      "Makes each model in the store what it is at its registry. Only what is missing\n"
                                      "is fetched, in parallel, and every byte is verified; the name moves last. When\n"
                                      "a pull is interrupted, what was fetched is kept, and the same command goes on\n"
                                      "from there.",
                                      "  regtool pull gemma:2b registry.corp:5000/team/llama:70b",
                                      "interrupted; what was fetched is kept: run the same command again to resume"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.arguments(names_, "NAME", true, "Models, as [host/][namespace/]model[:tag]");
    parameters.flag(flags_.insecure, "--insecure", "Speak plain HTTP with the registry");
    parameters.flag(flags_.tls_no_verify, "--tls-no-verify", "Do not check the registry's certificate");
    parameters.number(flags_.connections, "--connections", "How many blob transfers run at once, up to 1024");
    parameters.text(flags_.limit_rate, "--limit-rate", "RATE", "Bytes per second at most, such as 500K or 4MB");
    parameters.flag(dry_run_, "--dry-run", "Only tell what would be fetched");
    parameters.flag(no_prune_, "--no-prune", "Keep the blobs that only the replaced version needed");
  }

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(const auto names, parse_names(names_));
    session.use(flags_);
    JsonText json;
    json.begin_object().key("models").begin_array();
    auto outcome = for_each_name(session, names, [&](const Reference& name) -> Result<> {
      REGTOOL_TRY_ASSIGN(const auto report, pull_one(session, name));
      if (!session.options().json) return session.print(summary(name, report, dry_run_));
      describe(json, name, report);
      return {};
    });
    if (session.options().json) REGTOOL_TRY(session.print(json.end_array().end_object().text()));
    return outcome;
  }

 private:
  Result<PullReport> pull_one(Session& session, const Reference& name) const {
    REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
    REGTOOL_TRY_ASSIGN(const auto registry, assembly->registry(session.context(), name));
    return session.run([&](const Toolkit& tools) {
      return pull(session.context(), tools, registry, name, {.dry_run = dry_run_, .prune = !no_prune_});
    });
  }

  std::vector<std::string> names_;
  RegistryFlags flags_;
  bool dry_run_ = false, no_prune_ = false;
};

}  // namespace

std::unique_ptr<Command> pull_command() { return std::make_unique<PullCommand>(); }

}  // namespace regtool::cli
