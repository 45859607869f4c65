#include "engine/export.hpp"

#include "commands/commands.hpp"
#include "engine/bundle.hpp"
#include "engine/bundle_file.hpp"
#include "host/assembly.hpp"
#include "json_text.hpp"
#include "names.hpp"
#include "terminal/pipe.hpp"
#include "terminal/terminal.hpp"
#include "terminal/units.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

// Smaller volumes would be more than can be handled.
constexpr std::uint64_t least_volume = 1 << 20;
constexpr std::uint64_t block = 512;

struct Exported {
  BundlePlan plan;
  std::size_t volumes = 1;
};

std::string as_text(const std::string& file, const Exported& exported) {
  const auto& plan = exported.plan;
  auto text = fmt::format("{}: {} in {}, {}", file, format_count(plan.models.size(), "model"),
                          format_count(plan.blobs.size(), "blob"), format_bytes(plan.total_bytes()));
  if (plan.left_out > 0) {
    text += fmt::format("; left out {}, {}", format_count(plan.left_out, "blob"), format_bytes(plan.left_out_bytes));
  }
  if (exported.volumes > 1) text += fmt::format("; in {}", format_count(exported.volumes, "volume"));
  return text;
}

std::string as_json(const std::string& file, const Exported& exported) {
  const auto& plan = exported.plan;
  JsonText json;
  json.begin_object().field("file", file).key("models").begin_array();
  for (const auto& model : plan.models) json.value(model);
  return json.end_array()
      .field("blobs", std::uint64_t{plan.blobs.size()})
      .field("bytes", plan.total_bytes())
      .field("left_out_blobs", std::uint64_t{plan.left_out})
      .field("left_out_bytes", plan.left_out_bytes)
      .field("volumes", std::uint64_t{exported.volumes})
      .end_object()
      .text();
}

class ExportCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{
        "export", "Write models to one file",
        "Writes the models named to FILE, the last argument: an OCI image layout as a tar\n"
        "archive, which regtool import, skopeo and others read. - is standard output.\n"
        "Every byte is verified on its way. Blobs that models share are written once;\n"
        "with --since, those are left out that another bundle has. The file appears when\n"
        "it is whole. What an interrupted export has written to a file is taken up by\n"
        "the same command.",
        "  regtool export gemma:2b phi:3 models.tar\n"
        "  regtool export gemma:2b - | ssh host regtool import -\n"
        "  regtool export gemma:2b phi:4 --since models.tar more.tar --split 4G",
        "interrupted; what was written is kept beside the file: run the same command again to resume"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.arguments(words_, "NAME", true, "Models in the store; the last word is FILE, or -");
    parameters.text(since_, "--since", "FILE", "Leave out the blobs that this bundle has");
    parameters.text(split_, "--split", "SIZE", "In volumes FILE.001 and so on, smaller than 4G, say");
    parameters.flag(force_, "--force", "Replace FILE if it is there");
  }

  Result<> run(Session& session) override {
    if (words_.size() < 2) {
      return fail(Errc::invalid_argument, "name models, and then the file to write; see regtool export --help");
    }
    const auto file = words_.back();
    REGTOOL_TRY_ASSIGN(const auto names, parse_names({words_.begin(), words_.end() - 1}));
    REGTOOL_TRY_ASSIGN(const auto volume, volume_size());
    const auto exported =
        file == "-" ? to_pipe(session, names, volume) : to_file(session, names, {file, volume, force_});
    if (!exported) return fail(Error(exported.error()).in("export " + file));
    // What is piped on is the bundle, and nothing else.
    if (file == "-") return {};
    return session.print(session.options().json ? as_json(file, *exported) : as_text(file, *exported));
  }

 private:
  // The largest one that is smaller than what was said: file systems have limits that are one byte less than a round
  // number.
  Result<std::uint64_t> volume_size() const {
    if (split_.empty()) return 0;
    REGTOOL_TRY_ASSIGN(const auto size,
                       parse_size(split_).map_error([](Error error) { return std::move(error).in("--split"); }));
    if (size < least_volume) return fail(Errc::invalid_argument, "--split: volumes have at least 1M");
    return (size - 1) / block * block;
  }

  Result<Exported> to_pipe(Session& session, const std::vector<Reference>& names, std::uint64_t volume) const {
    if (volume > 0) return fail(Errc::invalid_argument, "--split is for files");
    if (is_terminal(Stream::output)) return fail(Errc::invalid_argument, "a terminal cannot show a bundle");
    const auto out = standard_output(session.context().stop);
    return session.run([&](const Toolkit& tools) -> Result<Exported> {
      REGTOOL_TRY_ASSIGN(auto* archive, archive_of(session));
      REGTOOL_TRY_ASSIGN(auto plan, make_plan(session, tools, *archive, names));
      REGTOOL_TRY(write_bundle(session.context(), tools, *archive, plan, *out));
      return Exported{std::move(plan)};
    });
  }

  Result<Exported> to_file(Session& session, const std::vector<Reference>& names, const BundleTarget& target) const {
    return session.run([&](const Toolkit& tools) -> Result<Exported> {
      REGTOOL_TRY_ASSIGN(auto* archive, archive_of(session));
      REGTOOL_TRY_ASSIGN(auto plan, make_plan(session, tools, *archive, names));
      REGTOOL_TRY_ASSIGN(const auto out, BundleOutput::open(target, plan.archive_bytes(), session.context().stop));
      REGTOOL_TRY(write_bundle(session.context(), tools, *archive, plan, *out));
      return Exported{std::move(plan), out->volumes()};
    });
  }

  static Result<Archive*> archive_of(Session& session) {
    REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
    return assembly->archive(session.context());
  }

  Result<BundlePlan> make_plan(Session& session, const Toolkit& tools, Archive& archive,
                               const std::vector<Reference>& names) const {
    std::set<Digest> without;
    if (!since_.empty()) {
      REGTOOL_TRY_ASSIGN(without, blobs_of(session, tools, archive).map_error([&](Error error) {
        return std::move(error).in("--since " + since_);
      }));
    }
    return plan_bundle(session.context(), tools, names, without);
  }

  Result<std::set<Digest>> blobs_of(Session& session, const Toolkit& tools, Archive& archive) const {
    REGTOOL_TRY_ASSIGN(const auto bytes, open_bundle(since_));
    REGTOOL_TRY_ASSIGN(const auto bundle, Bundle::open(session.context(), archive, *bytes, tools.verifier));
    std::set<Digest> digests;
    for (const auto& [digest, where] : bundle.blobs()) digests.insert(digest);
    return digests;
  }

  std::vector<std::string> words_;
  std::string since_, split_;
  bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> export_command() { return std::make_unique<ExportCommand>(); }

}  // namespace regtool::cli
