#include "engine/push.hpp"

#include "commands/commands.hpp"
#include "host/assembly.hpp"
#include "json_text.hpp"
#include "names.hpp"
#include "terminal/units.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

std::string summary(const Reference& remote, const PushReport& report, bool dry_run) {
  const auto what = fmt::format("{} of {}", format_bytes(report.sent_bytes), format_bytes(report.total_bytes));
  const auto blobs = fmt::format("{} of {}", report.sent_blobs, format_count(report.blobs, "blob"));
  if (dry_run) return fmt::format("{}: would send {} in {}", remote.display(), what, blobs);
  const auto mounted = report.mounted_blobs > 0 ? fmt::format(", {} mounted", report.mounted_blobs) : "";
  return fmt::format("{}: pushed, sent {} in {}{}", remote.display(), what, blobs, mounted);
}

void describe(JsonText& json, const Reference& local, const Reference& remote, const PushReport& report) {
  json.begin_object()
      .field("name", local.display())
      .field("as", remote.display())
      .field("digest", report.manifest.text())
      .field("total_bytes", report.total_bytes)
      .field("sent_bytes", report.sent_bytes)
      .field("blobs", std::uint64_t{report.blobs})
      .field("sent_blobs", std::uint64_t{report.sent_blobs})
      .field("mounted_blobs", std::uint64_t{report.mounted_blobs})
      .end_object();
}

class PushCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{
        "push", "Send models to a registry",
        "Makes each model at its registry what it is in the store. Only what the\n"
        "registry lacks is sent, and the manifest goes last: nothing is announced before\n"
        "every blob is there. The registry must know your key or password; see regtool\n"
        "key --help.",
        "  regtool push alice/gemma:2b\n"
        "  regtool push gemma:2b --as registry.corp:5000/team/gemma:2b",
        "interrupted; what was sent whole is kept by the registry: run the same command again to go on"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.arguments(names_, "NAME", true, "Models in the store");
    parameters.text(as_, "--as", "NAME", "Its name at the registry (for one NAME only)");
    parameters.flag(flags_.insecure, "--insecure", "Speak plain HTTP with the registry");
    parameters.flag(flags_.tls_no_verify, "--tls-no-verify", "Do not check the registry's certificate");
    parameters.number(flags_.connections, "--connections", "How many blob transfers run at once, up to 1024");
    parameters.text(flags_.limit_rate, "--limit-rate", "RATE", "Bytes per second at most, such as 500K or 4MB");
    parameters.flag(dry_run_, "--dry-run", "Only tell what would be sent");
  }

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(const auto names, parse_names(names_));
    REGTOOL_TRY_ASSIGN(const auto as, parse_as(names));
    session.use(flags_);
    JsonText json;
    json.begin_object().key("models").begin_array();
    auto outcome = for_each_name(session, names, [&](const Reference& local) -> Result<> {
      const auto& remote = as ? *as : local;
      REGTOOL_TRY_ASSIGN(const auto report, push_one(session, local, remote));
      if (!session.options().json) return session.print(summary(remote, report, dry_run_));
      describe(json, local, remote, report);
      return {};
    });
    if (session.options().json) REGTOOL_TRY(session.print(json.end_array().end_object().text()));
    return outcome;
  }

 private:
  Result<std::optional<Reference>> parse_as(const std::vector<Reference>& names) const {
    if (as_.empty()) return std::nullopt;
    if (names.size() > 1) return fail(Errc::invalid_argument, "--as takes one NAME; push the others separately");
    return Reference::parse(as_);
  }

  Result<PushReport> push_one(Session& session, const Reference& local, const Reference& remote) const {
    REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
    REGTOOL_TRY_ASSIGN(const auto registry, assembly->registry(session.context(), remote));
    return session.run([&](const Toolkit& tools) {
      return push(session.context(), tools, registry, local, remote, {.dry_run = dry_run_});
    });
  }

  std::vector<std::string> names_;
  std::string as_;
  RegistryFlags flags_;
  bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<Command> push_command() { return std::make_unique<PushCommand>(); }

}  // namespace regtool::cli
