#include "host/load_settings.hpp"

#include "base/ascii.hpp"
#include "host/assignment.hpp"
#include "host/config_file.hpp"
#include "host/default_store.hpp"
#include "host/plugin_path.hpp"

#include <algorithm>

namespace regtool {
namespace {

// As Ollama's own client: the same store, the same key for the same registries. Options that are not here have their
// defaults in their plugin's table.
constexpr std::string_view defaults = R"({
  "transport": {"plugin": "poco"},
  "verify": {"plugin": "openssl"},
  "archive": {"plugin": "tar"},
  "migrations": [{"plugin": "legacy-names"}],
  "registries": {
    "registry.ollama.ai": {"auth": {"plugin": "ssh-key"}},
    "hf.co": {"auth": {"plugin": "ssh-key"}, "trusted-realms": ["https://huggingface.co"]},
    "*": {"auth": {"plugin": "token"}}
  }
})";

// The stores whose root is laid out as Ollama's, so that OLLAMA_MODELS is about them.
constexpr std::string_view ollama_stores[] = {"filesystem", "store-filesystem", "sparse-windows",
                                              "store-sparse-windows"};

bool exists(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

ConfigNode scalar(std::string text, const Origin& origin) {
  ConfigNode node;
  node.kind = ConfigNode::Kind::scalar;
  node.text = std::move(text);
  node.origin = origin;
  return node;
}

// The child of that name, made if it is not there.
ConfigNode& child(ConfigNode& parent, std::string_view name, const Origin& origin) {
  if (auto* found = parent.find(name)) return *found;
  auto& made = parent.children.emplace_back();
  made.name = name;
  made.name_origin = made.origin = origin;
  return made;
}

void set(ConfigNode& parent, std::string_view name, std::string text, const Origin& origin) {
  auto& place = child(parent, name, origin);
  auto node = scalar(std::move(text), origin);
  node.name = place.name;
  node.name_origin = origin;
  place = std::move(node);
}

std::string text_at(const ConfigNode& tree, std::string_view section, std::string_view key) {
  const auto* found = tree.find(section);
  if (found != nullptr) found = found->find(key);
  return found == nullptr ? std::string() : found->text;
}

// As Ollama reads it: anything but a word for "no" means yes.
bool is_yes(std::string_view text) {
  constexpr std::string_view no[] = {"0", "f", "false"};
  return std::ranges::none_of(no, [&](auto word) { return equal_ignoring_case(word, text); });
}

// The layer of the environment. `below` are the layers that it goes over; `store` is the plugin in force in the end.
ConfigNode environment_layer(const Environment& environment, const ConfigNode& below, const std::string& store) {
  ConfigNode layer;
  if (const auto folders = environment("REGTOOL_PLUGIN_PATH")) {
    auto list = *folders;
    std::ranges::replace(list, path_list_separator, ',');
    set(layer, "plugin-path", list, {"$REGTOOL_PLUGIN_PATH"});
  }
  if (const auto models = environment("OLLAMA_MODELS");
      models && std::ranges::find(ollama_stores, store) != std::end(ollama_stores)) {
    const Origin origin{"$OLLAMA_MODELS"};
    auto& section = child(layer, "store", origin);
    set(section, "root", *models, origin);
    if (text_at(below, "store", "plugin") != store) set(section, "plugin", store, origin);
  }
  if (const auto keep = environment("OLLAMA_NOPRUNE"))
    set(child(layer, "transfer", {"$OLLAMA_NOPRUNE"}), "prune", is_yes(*keep) ? "false" : "true", {"$OLLAMA_NOPRUNE"});
  return layer;
}

// Hosts are compared without regard to case.
void lower_hosts(ConfigNode& layer) {
  if (auto* registries = layer.find("registries")) {
    for (auto& entry : registries->children) entry.name = to_lower(entry.name);
  }
}

void set_for_every_registry(ConfigNode& tree, std::string_view key, const std::string& value, const Origin& origin) {
  for (auto& entry : child(tree, "registries", origin).children) {
    if (entry.is_object()) set(entry, key, value, origin);
  }
}

Result<ConfigNode> assignments_layer(const ConfigRequest& request) {
  ConfigNode layer;
  for (const auto& assignment : request.assignments) {
    REGTOOL_TRY_ASSIGN(auto one, parse_assignment(assignment.text, assignment.source));
    lower_hosts(one);
    merge(layer, one);
  }
  return layer;
}

Result<ConfigNode> merged_layers(const Environment& environment, const ConfigRequest& request,
                                 const std::optional<std::filesystem::path>& file) {
  REGTOOL_TRY_ASSIGN(auto tree, parse_config(defaults, {"default"}));
  set(child(tree, "store", {"default"}), "plugin", std::string(default_store()), {"default"});
  const auto forget_lines = [](auto&& self, ConfigNode& node) -> void {
    node.origin.line = node.name_origin.line = 0;
    for (auto& inner : node.children) self(self, inner);
  };
  forget_lines(forget_lines, tree);

  if (file) {
    REGTOOL_TRY_ASSIGN(auto layer, read_config_file(*file));
    lower_hosts(layer);
    merge(tree, layer);
  }
  REGTOOL_TRY_ASSIGN(const auto assigned, assignments_layer(request));
  auto in_the_end = tree;
  merge(in_the_end, assigned);
  merge(tree, environment_layer(environment, tree, text_at(in_the_end, "store", "plugin")));
  merge(tree, assigned);
  if (request.insecure) set_for_every_registry(tree, "insecure", "true", {"--insecure"});
  if (request.tls_no_verify) set_for_every_registry(tree, "tls-verify", "false", {"--tls-no-verify"});
  return tree;
}

}  // namespace

std::optional<std::filesystem::path> find_config_file(const Environment& environment, const ConfigRequest& request) {
  if (request.file) return request.file;
  if (const auto named = environment("REGTOOL_CONFIG")) return *named;
  auto folder = environment("XDG_CONFIG_HOME").value_or("");
  const auto home = environment("HOME");
  if (folder.empty() && home) folder = *home + "/.config";
  if (folder.empty()) folder = environment("APPDATA").value_or("");
  std::vector<std::filesystem::path> candidates;
  if (!folder.empty()) candidates.push_back(std::filesystem::path(folder) / "regtool" / "config.json");
  candidates.emplace_back("/etc/regtool/config.json");
  const auto found = std::ranges::find_if(candidates, exists);
  return found == candidates.end() ? std::nullopt : std::optional(*found);
}

Result<LoadedSettings> load_all_settings(const Environment& environment, const ConfigRequest& request) {
  const auto file = find_config_file(environment, request);
  REGTOOL_TRY_ASSIGN(const auto tree, merged_layers(environment, request, file));
  LoadedSettings loaded;
  loaded.settings = read_settings(tree, loaded.problems);
  loaded.settings.file = file;
  if (auto chosen = loaded.settings.find_store(request.store); !chosen) {
    loaded.problems.push_back(std::move(chosen).error().in("--store"));
  } else if (!request.store.empty()) {
    loaded.settings.store = **chosen;
    loaded.settings.store.where = "store";
  }
  if (!tree.find("plugin-path")) loaded.settings.plugin_path = default_plugin_path();
  return loaded;
}

Result<Settings> load_settings(const Environment& environment, const ConfigRequest& request) {
  REGTOOL_TRY_ASSIGN(auto loaded, load_all_settings(environment, request));
  if (!loaded.problems.empty()) return fail(std::move(loaded.problems.front()));
  return std::move(loaded.settings);
}

}  // namespace regtool
