#include "host/config_node.hpp"

#include <algorithm>
#include <utility>

namespace regtool {

std::string Origin::text() const {
  if (line == 0) return source;
  return source + ":" + std::to_string(line) + ":" + std::to_string(column);
}

const ConfigNode* ConfigNode::find(std::string_view key) const noexcept {
  const auto found = std::ranges::find(children, key, &ConfigNode::name);
  return is_object() && found != children.end() ? &*found : nullptr;
}

ConfigNode* ConfigNode::find(std::string_view key) noexcept {
  return const_cast<ConfigNode*>(std::as_const(*this).find(key));
}

void merge(ConfigNode& base, const ConfigNode& over) {
  if (!base.is_object() || !over.is_object()) {
    base = over;
    return;
  }
  const auto* had = base.find("plugin");
  const auto* wants = over.find("plugin");
  if (had != nullptr && wants != nullptr && had->text != wants->text) base.children.clear();
  for (const auto& child : over.children) {
    if (auto* same = base.find(child.name)) {
      merge(*same, child);
    } else {
      base.children.push_back(child);
    }
  }
}

}  // namespace regtool
