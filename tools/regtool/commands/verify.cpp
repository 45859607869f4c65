#include "commands/commands.hpp"
#include "engine/repair.hpp"
#include "host/assembly.hpp"
#include "names.hpp"
#include "terminal/units.hpp"
#include "verify_report.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace regtool::cli {
namespace {

Result<VerifyReport> choose(const Context& ctx, const Toolkit& tools, std::vector<Reference> names) {
  VerifyReport report;
  if (names.empty()) {
    REGTOOL_TRY_ASSIGN(const auto models, list_models(ctx, tools));
    for (const auto& model : models) {
      if (model.problem.empty()) {
        names.push_back(model.name);
      } else {
        report.unreadable.push_back(fmt::format("{}: {}", model.name.display(), model.problem));
      }
    }
  }
  for (const auto& name : names) {
    REGTOOL_TRY_ASSIGN(auto manifest, local_manifest(ctx, tools, name));
    report.models.push_back({name, std::move(manifest)});
  }
  return report;
}

class VerifyCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"verify", "Check the models in the store, byte by byte",
                                      "Reads every blob of the models named, or of all models, and compares it with\n"
                                      "its digest, whatever the store believes of it. Exit status 5 says that\n"
                                      "something is damaged or missing. With --repair that is fetched again, by its\n"
                                      "digest, from the registry that the model's name says; what the store has of it\n"
                                      "stays until its replacement is whole.",
                                      "  regtool verify gemma:2b\n"
                                      "  regtool verify --repair",
                                      "interrupted; what was mended until then is"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.arguments(names_, "NAME", false, "Models in the store; all of them by default");
    parameters.flag(repair_, "--repair", "Fetch again what is damaged or missing");
    parameters.flag(flags_.insecure, "--insecure", "Speak plain HTTP with the registry");
    parameters.flag(flags_.tls_no_verify, "--tls-no-verify", "Do not check the registry's certificate");
    parameters.number(flags_.connections, "--connections", "How many blob transfers run at once, up to 1024");
    parameters.text(flags_.limit_rate, "--limit-rate", "RATE", "Bytes per second at most, such as 500K or 4MB");
  }

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(const auto names, parse_names(names_));
    session.use(flags_);
    VerifyReport report;
    REGTOOL_TRY(session.run([&](const Toolkit& tools) -> Result<> {
      REGTOOL_TRY_ASSIGN(report, choose(session.context(), tools, names));
      const auto blobs = blobs_of(report.models);
      report.blobs = blobs.size();
      tools.progress.enter("verifying");
      REGTOOL_TRY_ASSIGN(auto problems, verify_blobs(session.context(), tools, blobs));
      for (auto& problem : problems) report.problems.push_back({std::move(problem)});
      return {};
    }));
    const auto repaired = repair_ && !report.problems.empty() ? repair(session, report) : Result<>();
    REGTOOL_TRY(session.print(session.options().json ? as_json(report) : as_text(report)));
    REGTOOL_TRY(repaired);
    return verdict(report);
  }

 private:
  static Result<> repair(Session& session, VerifyReport& report) {
    REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
    std::vector<BlobProblem> problems;
    for (const auto& repair : report.problems) problems.push_back(repair.problem);
    REGTOOL_TRY_ASSIGN(report.problems, session.run([&](const Toolkit& tools) {
      return repair_blobs(session.context(), tools, report.models, problems,
                          [&](const Reference& name) { return assembly->registry(session.context(), name); });
    }));
    report.repaired = true;
    return check_again(session, report);
  }

  // Not what arrived, which was verified, but what is there now.
  static Result<> check_again(Session& session, VerifyReport& report) {
    std::vector<Layer> mended;
    for (const auto& repair : report.problems) {
      if (repair.mended) mended.push_back(repair.problem.blob);
    }
    REGTOOL_TRY_ASSIGN(const auto problems, session.run([&](const Toolkit& tools) {
      tools.progress.enter("verifying what was mended");
      return verify_blobs(session.context(), tools, mended);
    }));
    for (const auto& problem : problems) {
      const auto& blob = problem.blob.blob;
      auto& repair =
          *std::ranges::find_if(report.problems, [&](const BlobRepair& one) { return one.problem.blob.blob == blob; });
      repair.mended = false;
      repair.why = "it was fetched, and " + problem.what;
    }
    return {};
  }

  Result<> verdict(const VerifyReport& report) const {
    const auto left = report.left();
    if (left == 0) return {};
    const auto* advice =
        repair_ ? "left that could not be mended" : "found; regtool verify --repair mends what is damaged";
    return fail(Errc::corrupt, fmt::format("{} {}", format_count(left, "problem"), advice));
  }

  std::vector<std::string> names_;
  RegistryFlags flags_;
  bool repair_ = false;
};

}  // namespace

std::unique_ptr<Command> verify_command() { return std::make_unique<VerifyCommand>(); }

}  // namespace regtool::cli
