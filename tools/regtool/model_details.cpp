#include "model_details.hpp"

#include "base/json.hpp"
#include "base/printable.hpp"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace regtool::cli {
namespace {

constexpr std::size_t largest_text = 4 << 20;  // bytes

// The members of a config that say something about the model, and what people call them.
constexpr std::pair<const char*, const char*> known_properties[] = {
    {"model_family", "family"},
    {"model_type", "parameters"},
    {"file_type", "quantization"},
    {"model_format", "format"},
    {"context_length", "context length"},
    {"embedding_length", "embedding length"},
    {"capabilities", "capabilities"},
    {"base_name", "base"},
    {"requires", "requires"},
    {"renderer", "renderer"},
    {"parser", "parser"},
};

std::string compact(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return buffer.GetString();
}

std::string shown(const rapidjson::Value& value, bool quoted) {
  if (value.IsString() && !quoted) return printable(value.GetString());
  if (!value.IsArray()) return printable(compact(value));
  std::string all;
  for (const auto& item : value.GetArray()) all += (all.empty() ? "" : ", ") + shown(item, quoted);
  return all;
}

void take_config(ModelDetails& details, const std::string& text) {
  const auto json = parse_json(text);
  if (!json) return;
  details.config_json = compact(*json);
  for (const auto& [key, label] : known_properties) {
    const auto* value = json_member(*json, key);
    if (value != nullptr && !value->IsNull()) details.properties.emplace_back(label, shown(*value, false));
  }
}

void take_parameters(ModelDetails& details, const std::string& text) {
  const auto json = parse_json(text);
  if (!json) return;
  details.parameters_json = compact(*json);
  if (!json->IsObject()) return;
  for (const auto& [key, value] : json->GetObject()) {
    const auto name = printable(key.GetString());
    if (!value.IsArray()) {
      details.parameters.emplace_back(name, shown(value, true));
      continue;
    }
    for (const auto& item : value.GetArray()) details.parameters.emplace_back(name, shown(item, true));
  }
}

void take_messages(ModelDetails& details, const std::string& text) {
  const auto json = parse_json(text);
  if (!json || !json->IsArray()) return;
  for (const auto& message : json->GetArray()) {
    details.messages.emplace_back(json_text(message, "role"), json_text(message, "content"));
  }
}

void take(ModelDetails& details, std::string_view label, std::string text) {
  if (label == "config") {
    take_config(details, text);
  } else if (label == "params") {
    take_parameters(details, text);
  } else if (label == "template" || label == "prompt") {
    details.prompt = std::move(text);
  } else if (label == "messages") {
    take_messages(details, text);
  } else if (label == "system") {
    details.system = std::move(text);
  } else if (label == "license") {
    details.licences.push_back(std::move(text));
  }
}

bool is_text(std::string_view label) noexcept {
  constexpr std::string_view labels[] = {"config", "params", "template", "prompt", "system", "license", "messages"};
  return std::find(std::begin(labels), std::end(labels), label) != std::end(labels);
}

}  // namespace

Result<ModelDetails> read_details(const Toolkit& tools, Manifest manifest, const ReadText& read) {
  REGTOOL_TRY_ASSIGN(auto digest, digest_of(tools.verifier, manifest.bytes()));
  ModelDetails details{std::move(manifest), std::move(digest)};
  std::vector<Layer> candidates{details.manifest.config()};
  candidates.insert(candidates.end(), details.manifest.layers().begin(), details.manifest.layers().end());
  for (const auto& layer : candidates) {
    const auto label = layer.label();
    if (!is_text(label)) continue;
    auto text = read(layer, largest_text);
    if (!text) return fail(std::move(text).error().in("read the " + label));
    if (*text) take(details, label, std::move(**text));
  }
  return details;
}

}  // namespace regtool::cli
