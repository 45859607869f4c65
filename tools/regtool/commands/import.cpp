#include "engine/import.hpp"

#include "commands/commands.hpp"
#include "copy_summary.hpp"
#include "engine/bundle_file.hpp"
#include "host/assembly.hpp"
#include "json_text.hpp"
#include "names.hpp"
#include "terminal/pipe.hpp"
#include "terminal/units.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

std::string summary(const Reference& name, const CopyReport& report) {
  if (!report.changed && report.copied_blobs == 0) return fmt::format("{}: up to date", name.display());
  return fmt::format("{}: imported, {} of {} in {} of {}", name.display(), format_bytes(report.copied_bytes),
                     format_bytes(report.total_bytes), report.copied_blobs, format_count(report.blobs, "blob"));
}

class ImportCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"import", "Take models from a file that was exported",
                                      "Makes the models of a bundle in the store what they are there: all that have a\n"
                                      "name, or those named. FILE is a tar archive of an OCI image layout, as regtool\n"
                                      "export, skopeo (oci-archive:) and docker save write it, its first volume, or -\n"
                                      "for standard input. Every byte is verified; a name moves last, and only if all\n"
                                      "of its blobs are there. What an interrupted import has written is kept.",
                                      "  regtool import models.tar\n"
                                      "  regtool import image.tar --as me/model:1",
                                      "interrupted; what was imported is kept: run the same command again to resume"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.argument(file_, "FILE", true, "The bundle, or - for standard input");
    parameters.arguments(names_, "NAME", false, "Models in the bundle; all of them by default");
    parameters.text(as_, "--as", "NAME", "The name to give the only model, or the one named");
  }

  Result<> run(Session& session) override {
    BundleChoice choice;
    REGTOOL_TRY_ASSIGN(choice.names, parse_names(names_));
    if (!as_.empty()) {
      REGTOOL_TRY_ASSIGN(choice.as, Reference::parse(as_));
    }
    if (file_ == "-" && input_is_terminal()) {
      return fail(Errc::invalid_argument, "import -: the input is a terminal; pipe a bundle into it");
    }
    const auto imported = session.run([&](const Toolkit& tools) { return import(session, tools, choice); });
    if (!imported) return fail(Error(imported.error()).in("import " + file_));
    return tell(session, *imported);
  }

 private:
  Result<std::vector<ImportedModel>> import(Session& session, const Toolkit& tools, const BundleChoice& choice) const {
    const auto ctx = session.context();
    REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
    REGTOOL_TRY_ASSIGN(auto* archive, assembly->archive(ctx));
    if (file_ == "-") {
      const auto in = standard_input(ctx.stop);
      return import_stream(ctx, tools, *archive, *in, choice);
    }
    REGTOOL_TRY_ASSIGN(const auto bytes, open_bundle(file_));
    return import_bundle(ctx, tools, *archive, *bytes, choice);
  }

  static Result<> tell(Session& session, const std::vector<ImportedModel>& imported) {
    JsonText json;
    json.begin_object().key("models").begin_array();
    Result<> outcome;
    for (const auto& [name, result] : imported) {
      if (!result) {
        if (!outcome) session.console().report(outcome.error());
        outcome = fail(Error(result.error()).in(name.display()));
      } else if (session.options().json) {
        json.begin_object().field("name", name.display());
        describe_copy(json, *result);
        json.end_object();
      } else {
        REGTOOL_TRY(session.print(summary(name, *result)));
      }
    }
    if (session.options().json) REGTOOL_TRY(session.print(json.end_array().end_object().text()));
    return outcome;
  }

  std::string file_, as_;
  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<Command> import_command() { return std::make_unique<ImportCommand>(); }

}  // namespace regtool::cli
