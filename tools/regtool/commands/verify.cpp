#include "commands/commands.hpp"
#include "engine/library.hpp"
#include "json_text.hpp"
#include "names.hpp"
#include "terminal/units.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace regtool::cli {
namespace {

struct Checked {
  std::vector<std::string> names;
  std::vector<Manifest> manifests;
  std::vector<std::string> unreadable;  // "name: why", of those whose manifest is not good
};

std::size_t count_blobs(const std::vector<Manifest>& manifests) {
  std::set<Digest> digests;
  for (const auto& manifest : manifests) {
    for (const auto& layer : manifest.distinct_blobs()) digests.insert(layer.blob.digest);
  }
  return digests.size();
}

// Which of the models need a blob: a digest alone tells nobody what is broken.
std::vector<std::string> needed_by(const Checked& checked, const Digest& digest) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < checked.manifests.size(); ++i) {
    const auto blobs = checked.manifests[i].distinct_blobs();
    const auto has = [&](const Layer& layer) { return layer.blob.digest == digest; };
    if (std::any_of(blobs.begin(), blobs.end(), has)) names.push_back(checked.names[i]);
  }
  return names;
}

std::string as_text(const Checked& checked, const std::vector<BlobProblem>& problems) {
  std::string text;
  for (const auto& line : checked.unreadable) text += line + '\n';
  for (const auto& [layer, what] : problems) {
    text += fmt::format("{} ({}) of {}: {}\n", layer.blob.digest.text(), layer.label(),
                        fmt::join(needed_by(checked, layer.blob.digest), ", "), what);
  }
  return text + fmt::format("{} in {} checked", format_count(count_blobs(checked.manifests), "blob"),
                            format_count(checked.manifests.size(), "model"));
}

std::string as_json(const Checked& checked, const std::vector<BlobProblem>& problems) {
  JsonText json;
  json.begin_object()
      .field("models", std::uint64_t{checked.manifests.size()})
      .field("blobs", std::uint64_t{count_blobs(checked.manifests)});
  json.key("unreadable").begin_array();
  for (const auto& line : checked.unreadable) json.value(line);
  json.end_array().key("problems").begin_array();
  for (const auto& [layer, what] : problems) {
    json.begin_object().field("digest", layer.blob.digest.text()).field("label", layer.label()).field("problem", what);
    json.key("models").begin_array();
    for (const auto& name : needed_by(checked, layer.blob.digest)) json.value(name);
    json.end_array().end_object();
  }
  return json.end_array().end_object().text();
}

class VerifyCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"verify", "Check the models in the store, byte by byte",
                                      "Reads every blob of the models named, or of all models, and compares it with\n"
                                      "its digest, whatever the store believes of it. Exit status 5 says that\n"
                                      "something is damaged or missing; regtool pull fetches it again.",
                                      "  regtool verify gemma:2b"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.arguments(names_, "NAME", false, "Models in the store; all of them by default");
  }

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(const auto names, parse_names(names_));
    Checked checked;
    REGTOOL_TRY_ASSIGN(const auto problems, session.run([&](const Toolkit& tools) -> Result<std::vector<BlobProblem>> {
      REGTOOL_TRY_ASSIGN(checked, choose(session.context(), tools, names));
      return verify_models(session.context(), tools, checked.manifests);
    }));
    REGTOOL_TRY(session.print(session.options().json ? as_json(checked, problems) : as_text(checked, problems)));
    const auto damaged = problems.size() + checked.unreadable.size();
    if (damaged == 0) return {};
    return fail(Errc::corrupt, fmt::format("{} found; pull the models again to replace what is damaged",
                                           format_count(damaged, "problem")));
  }

 private:
  static Result<Checked> choose(const Context& ctx, const Toolkit& tools, std::vector<Reference> names) {
    Checked checked;
    if (names.empty()) {
      REGTOOL_TRY_ASSIGN(const auto models, list_models(ctx, tools));
      for (const auto& model : models) {
        if (model.problem.empty()) {
          names.push_back(model.name);
        } else {
          checked.unreadable.push_back(fmt::format("{}: {}", model.name.display(), model.problem));
        }
      }
    }
    for (const auto& name : names) {
      REGTOOL_TRY_ASSIGN(auto manifest, local_manifest(ctx, tools, name));
      checked.names.push_back(name.display());
      checked.manifests.push_back(std::move(manifest));
    }
    return checked;
  }

  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<Command> verify_command() { return std::make_unique<VerifyCommand>(); }

}  // namespace regtool::cli
