#include "commands/commands.hpp"
#include "engine/blob_reader.hpp"
#include "host/assembly.hpp"
#include "json_text.hpp"
#include "session.hpp"
#include "show_text.hpp"
#include "terminal/text.hpp"

namespace regtool::cli {
namespace {

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

// Which of a model's texts is wanted alone; as `ollama show` has them.
struct Wanted {
  bool licence = false, modelfile = false, parameters = false, system = false, prompt = false;

  int count() const { return int{licence} + int{modelfile} + int{parameters} + int{system} + int{prompt}; }
};

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : "\n") + text + (text.ends_with('\n') ? "" : "\n");
  return all;
}

Result<std::string> only(const Wanted& wanted, const Reference& name, const ModelDetails& details) {
  std::string text, what;
  if (wanted.modelfile) text = modelfile(name, details);
  if (wanted.parameters) text = parameters_text(details), what = "parameters";
  if (wanted.licence) text = joined(details.licences), what = "licence";
  if (wanted.system) text = details.system.value_or(""), what = "system message";
  if (wanted.prompt) text = details.prompt.value_or(""), what = "template";
  if (text.empty()) return fail(Errc::not_found, name.display() + " has no " + what);
  if (text.ends_with('\n')) text.pop_back();
  return without_controls(text);
}

class ShowCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{
        "show", "Show what a model is made of",
        "Shows a model's layers, properties, parameters, template, system message and\n"
        "licences; layers whose names differ in numbers alone take one line together.\n"
        "With --remote all of it is read from the registry. With --license, --modelfile,\n"
        "--parameters, --system or --template only that is shown, in full.",
        "  regtool show gemma:2b\n"
        "  regtool show --license gemma:2b\n"
        "  regtool show --remote --json gemma:2b"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.argument(name_, "NAME", true, "A model");
    parameters.flag(wanted_.licence, "--license", "Show its licences");
    parameters.flag(wanted_.modelfile, "--modelfile", "Show a Modelfile that makes it");
    parameters.flag(wanted_.parameters, "--parameters", "Show its parameters");
    parameters.flag(wanted_.system, "--system", "Show its system message");
    parameters.flag(wanted_.prompt, "--template", "Show its template");
    parameters.flag(remote_, "--remote", "Read it from the registry");
    parameters.flag(flags_.insecure, "--insecure", "Speak plain HTTP with the registry");
    parameters.flag(flags_.tls_no_verify, "--tls-no-verify", "Do not check the registry's certificate");
  }

  Result<> run(Session& session) override {
    if (wanted_.count() > 1) {
      return fail(Errc::invalid_argument,
                  "only one of --license, --modelfile, --parameters, --system and --template can be shown");
    }
    REGTOOL_TRY_ASSIGN(const auto name, Reference::parse(name_));
    session.use(flags_);
    ProgressBoard board;
    REGTOOL_TRY_ASSIGN(const auto tools, session.toolkit(board));
    REGTOOL_TRY_ASSIGN(const auto details,
                       remote_ ? read_remote(session, tools, name) : read_local(session, tools, name));
    if (session.options().json) return session.print(as_json(name, details));
    if (wanted_.count() == 0) return session.print(as_text(name, details));
    REGTOOL_TRY_ASSIGN(const auto text, only(wanted_, name, details));
    return session.print(text);
  }

 private:
  static Result<ModelDetails> read_local(Session& session, const Toolkit& tools, const Reference& name) {
    const auto ctx = session.context();
    REGTOOL_TRY_ASSIGN(auto manifest, local_manifest(ctx, tools, name));
    return read_details(tools, std::move(manifest),
                        [&](const Layer& layer, std::size_t limit) -> Result<std::optional<std::string>> {
                          REGTOOL_TRY_ASSIGN(auto text, read_blob(ctx, tools, layer.blob, limit));
                          return text;
                        });
  }

  // What the store happens to have of it need not be fetched.
  static Result<ModelDetails> read_remote(Session& session, const Toolkit& tools, const Reference& name) {
    const auto ctx = session.context();
    REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
    REGTOOL_TRY_ASSIGN(const auto registry, assembly->registry(ctx, name));
    RegistryClient client(registry, tools.settings, name.repository());
    REGTOOL_TRY_ASSIGN(auto manifest, client.manifest(ctx, tools.verifier, name).map_error([&](Error error) {
      return std::move(error).in("manifest of " + name.display());
    }));
    return read_details(tools, std::move(manifest),
                        [&](const Layer& layer, std::size_t limit) -> Result<std::optional<std::string>> {
                          if (layer.blob.size > limit) return std::nullopt;
                          if (auto here = read_blob(ctx, tools, layer.blob, limit)) return std::move(*here);
                          auto text = read_small_blob(ctx, client, tools.verifier, layer.blob);
                          if (text) return std::move(*text);
                          if (text.error().code == Errc::cancelled) return fail(std::move(text).error());
                          ctx.console.warn("the " + layer.label() + " is not shown: " + text.error().message);
                          return std::nullopt;
                        });
  }

  std::string name_;
  Wanted wanted_;
  RegistryFlags flags_;
  bool remote_ = false;
};

}  // namespace

std::unique_ptr<Command> show_command() { return std::make_unique<ShowCommand>(); }

}  // namespace regtool::cli
