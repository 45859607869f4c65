#pragma once
// The configuration as it was written, before anybody asks what it means: a tree in which every key and every value
// knows where it came from.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace regtool {

// Where something was said.
struct Origin {
  std::string source;              // a file, "--set store.root", "$OLLAMA_MODELS", "default"
  unsigned line = 0, column = 0;   // from 1; 0 where there are no lines
  std::filesystem::path folder{};  // what relative paths are relative to; empty: the current folder

  // "config.json:12:5"
  std::string text() const;
};

struct ConfigNode {
  enum class Kind : std::uint8_t { scalar, list, object };

  std::string name{};    // the key, in an object
  Origin name_origin{};  // of the key
  Kind kind = Kind::object;
  Origin origin{};     // of the value
  std::string text{};  // of a scalar; numbers and booleans as they were written
  std::vector<ConfigNode> children{};

  bool is_object() const noexcept { return kind == Kind::object; }

  // The child of that name, or null.
  const ConfigNode* find(std::string_view key) const noexcept;
  ConfigNode* find(std::string_view key) noexcept;
};

// Lays `over` over `base`: objects are merged key by key, anything else is replaced. Where `over` names another
// "plugin" than `base`, what `base` had beside it is dropped: those were options of the other plugin.
void merge(ConfigNode& base, const ConfigNode& over);

}  // namespace regtool
