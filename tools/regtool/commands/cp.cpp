#include "commands/commands.hpp"
#include "copy_summary.hpp"
#include "engine/library.hpp"
#include "json_text.hpp"
#include "session.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

class CpCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"cp", "Give a model a second name, or another store",
                                      "Makes DST another name of the model SRC in the store. Both share their blobs,\n"
                                      "so that it takes no space. What DST was before is replaced. With --to-store\n"
                                      "or --from-store the model is copied from one of the config's stores into\n"
                                      "another, every byte verified; DST is SRC where it is left out. What an\n"
                                      "interrupted copy has written is kept: the same command goes on from there.",
                                      "  regtool cp gemma:2b alice/gemma:2b\n"
                                      "  regtool cp gemma:2b --to-store nas",
                                      "interrupted; what was copied is kept: run the same command again to resume"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.argument(from_, "SRC", true, "A model in the store");
    parameters.argument(to_, "DST", false, "Its second name; without it the same, in another store");
    parameters.text(from_store_, "--from-store", "NAME", "Where SRC is, one of the config's stores");
    parameters.text(to_store_, "--to-store", "NAME", "Where DST is to be, one of the config's stores");
  }

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(const auto from, Reference::parse(from_));
    const bool between = from_store_ != to_store_;
    if (to_.empty() && !between) {
      return fail(Errc::invalid_argument, "within one store DST is required; see regtool cp --help");
    }
    REGTOOL_TRY_ASSIGN(const auto to, Reference::parse(to_.empty() ? from_ : to_));
    return between ? copy_between(session, from, to) : copy_within(session, from, to);
  }

 private:
  Result<> copy_within(Session& session, const Reference& from, const Reference& to) const {
    ProgressBoard board;
    REGTOOL_TRY_ASSIGN(const auto tools, session.toolkit(board, from_store_));
    REGTOOL_TRY(copy_model(session.context(), tools, from, to));
    if (!session.options().json) return session.print(fmt::format("{}: copied to {}", from.display(), to.display()));
    return session.print(names_as_json(from, to).end_object().text());
  }

  Result<> copy_between(Session& session, const Reference& from, const Reference& to) const {
    const auto report = session.run(
        [&](const Toolkit& source) -> Result<CopyReport> {
          REGTOOL_TRY_ASSIGN(const auto target, session.toolkit(source.progress, to_store_));
          target.progress.enter("copying blobs");
          return copy_model(session.context(), source, from, target, to);
        },
        from_store_);
    if (!report) return fail(Error(report.error()).in("copy " + from.display()));
    if (session.options().json) {
      auto json = names_as_json(from, to);
      describe_copy(json, *report);
      return session.print(json.end_object().text());
    }
    const auto place = to_store_.empty() ? std::string("the usual store") : to_store_;
    return session.print(copy_summary(from, *report, from == to ? place : place + " as " + to.display()));
  }

  static JsonText names_as_json(const Reference& from, const Reference& to) {
    JsonText json;
    json.begin_object().field("source", from.display()).field("destination", to.display());
    return json;
  }

  std::string from_, to_, from_store_, to_store_;
};

}  // namespace

std::unique_ptr<Command> cp_command() { return std::make_unique<CpCommand>(); }

}  // namespace regtool::cli
