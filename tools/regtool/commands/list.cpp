#include "commands/commands.hpp"
#include "engine/library.hpp"
#include "glob.hpp"
#include "json_text.hpp"
#include "session.hpp"
#include "table.hpp"
#include "terminal/terminal.hpp"
#include "terminal/units.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

TableRow row_of(const ModelInfo& model, std::chrono::system_clock::time_point now) {
  const auto age = format_age(now - model.modified);
  if (!model.manifest) return {model.name.display(), "-", "-", "-", age, model.problem};
  return {model.name.display(), std::string(model.manifest->brief()), format_bytes(model.size),
          model.shared == 0 ? "-" : format_bytes(model.shared), age};
}

void describe(JsonText& json, const ModelInfo& model) {
  json.begin_object()
      .field("name", model.name.display())
      .field("host", model.name.host())
      .field("repository", model.name.repository())
      .field("tag", model.name.tag())
      .key("digest");
  model.manifest ? json.value(model.manifest->text()) : json.null();
  json.field("size", model.size).field("shared", model.shared);
  json.field("modified", format_utc(model.modified)).key("problem");
  model.problem.empty() ? json.null() : json.value(model.problem);
  json.end_object();
}

class ListCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{
        "list", "List the models in the store",
        "Lists the models in the store with the beginning of their manifest's digest,\n"
        "the size of their blobs, how much of that other models in the store use as well,\n"
        "and the age of their name; then how much room they take up together. PATTERN\n"
        "selects by name: '*' stands for any text, '?' for one character, and a pattern\n"
        "without either for every name that begins with it.",
        "  regtool list 'gemma*:2b'"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.argument(pattern_, "PATTERN", false, "Only models whose names match");
  }

  Result<> run(Session& session) override {
    ProgressBoard board;
    REGTOOL_TRY_ASSIGN(const auto tools, session.toolkit(board));
    REGTOOL_TRY_ASSIGN(auto models, list_models(session.context(), tools));
    std::erase_if(models, [&](const ModelInfo& model) { return !matches(pattern_, model.name.display()); });
    return session.print(session.options().json ? as_json(models) : as_table(models, session.clock().wall_time()));
  }

 private:
  static std::string as_table(const std::vector<ModelInfo>& models, std::chrono::system_clock::time_point now) {
    std::vector<TableRow> rows{{"NAME", "ID", "SIZE", "SHARED", "MODIFIED"}};
    for (const auto& model : models) rows.push_back(row_of(model, now));
    // Names are what is read, and copied. Scripts get everything.
    static constexpr std::size_t shared_id_age[] = {3, 1, 4};
    if (is_terminal(Stream::output)) rows = narrowed(rows, terminal_size().columns, shared_id_age);
    return format_table(rows) +
           fmt::format("\n{}, {}", format_count(models.size(), "model"), format_bytes(distinct_bytes(models)));
  }

  static std::string as_json(const std::vector<ModelInfo>& models) {
    JsonText json;
    json.begin_object().key("models").begin_array();
    for (const auto& model : models) describe(json, model);
    return json.end_array().field("bytes", distinct_bytes(models)).end_object().text();
  }

  std::string pattern_;
};

}  // namespace

std::unique_ptr<Command> list_command() { return std::make_unique<ListCommand>(); }

}  // namespace regtool::cli
