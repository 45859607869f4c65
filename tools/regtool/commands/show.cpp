#include "commands/commands.hpp"
#include "engine/pull.hpp"
#include "host/assembly.hpp"
#include "json_text.hpp"
#include "model_details.hpp"
#include "session.hpp"
#include "table.hpp"
#include "terminal/text.hpp"
#include "terminal/units.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

constexpr std::size_t most_layer_rows = 20;

std::string section(const char* title, const std::string& body) { return fmt::format("{}\n{}\n", title, body); }

std::string facts(const Reference& name, const ModelDetails& details) {
  std::vector<TableRow> rows{{"name", name.display()},
                             {"digest", details.digest.text()},
                             {"size", format_bytes(details.manifest.total_size())}};
  for (const auto& [label, value] : details.properties) rows.push_back({label, value});
  return section("Model", format_table(rows, 2, 2));
}

std::string layers(const Manifest& manifest) {
  std::vector<TableRow> rows;
  for (const auto& layer : manifest.layers()) {
    if (rows.size() == most_layer_rows) {
      rows.push_back({fmt::format("and {} more", manifest.layers().size() - most_layer_rows)});
      break;
    }
    rows.push_back({layer.label(), std::string(layer.blob.digest.brief()), format_bytes(layer.blob.size)});
  }
  return section("Layers", format_table(rows, 2, 2));
}

// A text of several lines, moved to the right. It is foreign: without whatever could steer the terminal.
std::string indented(std::string_view text) {
  std::string out = "  ";
  for (const char c : without_controls(text)) {
    out += c;
    if (c == '\n') out += "  ";
  }
  out.erase(out.find_last_not_of(" \n") + 1);
  return out;
}

std::string as_text(const Reference& name, const ModelDetails& details) {
  auto text = facts(name, details) + '\n' + layers(details.manifest);
  if (!details.parameters.empty()) {
    std::vector<TableRow> rows;
    for (const auto& [key, value] : details.parameters) rows.push_back({key, value});
    text += '\n' + section("Parameters", format_table(rows, 2, 2));
  }
  if (details.prompt) text += '\n' + section("Template", indented(*details.prompt));
  if (details.system) text += '\n' + section("System", indented(*details.system));
  for (const auto& licence : details.licences) {
    text += '\n' + section("License", indented(first_line(licence)));
  }
  text.pop_back();
  return text;
}

void describe_layers(JsonText& json, const Manifest& manifest) {
  json.key("layers").begin_array();
  for (const auto& layer : manifest.layers()) {
    json.begin_object()
        .field("label", layer.label())
        .field("media_type", layer.media_type)
        .field("digest", layer.blob.digest.text())
        .field("size", layer.blob.size)
        .field("name", layer.name)
        .field("from", layer.from)
        .end_object();
  }
  json.end_array();
}

void describe_text(JsonText& json, std::string_view key, const std::optional<std::string>& text) {
  json.key(key);
  text ? json.value(*text) : json.null();
}

std::string as_json(const Reference& name, const ModelDetails& details) {
  JsonText json;
  json.begin_object()
      .field("name", name.display())
      .field("digest", details.digest.text())
      .field("media_type", details.manifest.media_type())
      .field("size", details.manifest.total_size());
  describe_layers(json, details.manifest);
  json.key("config");
  details.config_json.empty() ? json.null() : json.raw(details.config_json);
  json.key("parameters");
  details.parameters_json.empty() ? json.null() : json.raw(details.parameters_json);
  describe_text(json, "template", details.prompt);
  describe_text(json, "system", details.system);
  json.key("licenses").begin_array();
  for (const auto& licence : details.licences) json.value(licence);
  return json.end_array().end_object().text();
}

class ShowCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"show", "Show what a model is made of",
                                      "Shows a model's layers, properties, parameters, template, system message and\n"
                                      "the first line of its licences. With --remote the manifest is read from the\n"
                                      "registry, and the rest as far as the store has it.",
                                      "  regtool show gemma:2b\n"
                                      "  regtool show --remote --json gemma:2b"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.argument(name_, "NAME", true, "A model");
    parameters.flag(remote_, "--remote", "Read its manifest from the registry");
    parameters.flag(flags_.insecure, "--insecure", "Speak plain HTTP with the registry");
    parameters.flag(flags_.tls_no_verify, "--tls-no-verify", "Do not check the registry's certificate");
  }

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(const auto name, Reference::parse(name_));
    session.use(flags_);
    ProgressBoard board;
    REGTOOL_TRY_ASSIGN(const auto tools, session.toolkit(board));
    REGTOOL_TRY_ASSIGN(auto manifest, find(session, tools, name));
    REGTOOL_TRY_ASSIGN(const auto details, read_details(session.context(), tools, std::move(manifest), !remote_));
    return session.print(session.options().json ? as_json(name, details) : as_text(name, details));
  }

 private:
  Result<Manifest> find(Session& session, const Toolkit& tools, const Reference& name) const {
    if (!remote_) return local_manifest(session.context(), tools, name);
    REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
    REGTOOL_TRY_ASSIGN(const auto registry, assembly->registry(session.context(), name));
    return fetch_manifest(session.context(), tools, registry, name);
  }

  std::string name_;
  RegistryFlags flags_;
  bool remote_ = false;
};

}  // namespace

std::unique_ptr<Command> show_command() { return std::make_unique<ShowCommand>(); }

}  // namespace regtool::cli
