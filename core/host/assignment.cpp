#include "host/assignment.hpp"

#include "base/printable.hpp"
#include "host/config_file.hpp"

#include <algorithm>

namespace regtool {
namespace {

struct Part {
  std::string name;
  bool quoted = false;
};

// Splits at dots, and stops at the '=', of which `at` is then the place. Nothing in quotes counts.
Result<std::vector<Part>> split_key(std::string_view text, std::size_t& at) {
  std::vector<Part> parts(1);
  bool in_quotes = false;
  for (at = 0; at < text.size() && (in_quotes || text[at] != '='); ++at) {
    if (text[at] == '"') {
      in_quotes = !in_quotes;
      parts.back().quoted = true;
    } else if (text[at] == '.' && !in_quotes) {
      parts.emplace_back();
    } else {
      parts.back().name += text[at];
    }
  }
  const bool empty_part = std::ranges::any_of(parts, [](const Part& part) { return part.name.empty(); });
  if (at == text.size() || empty_part) {
    return fail(Errc::invalid_argument,
                "\"" + printable(text.substr(0, at)) + "\" is not KEY=VALUE, such as store.root=/srv/models");
  }
  return parts;
}

// registries.hf.co.auth.plugin: what follows the host is one key, or "auth" and one key, or nothing if the value is a
// whole entry; so the dots of the host need no quotes.
void join_host(std::vector<Part>& parts, bool to_object) {
  if (parts.size() < 3 || parts[0].name != "registries" || parts[1].quoted) return;
  const bool whole_entry = to_object && parts.back().name != "auth";
  const bool in_auth = parts.size() > 3 && parts[parts.size() - 2].name == "auth";
  const auto host_end = parts.end() - (whole_entry ? 0 : in_auth ? 2 : 1);
  for (auto part = parts.begin() + 2; part != host_end; ++part) parts[1].name += "." + part->name;
  parts.erase(parts.begin() + 2, host_end);
}

Result<ConfigNode> parse_value(std::string_view value, const Origin& origin) {
  if (value.starts_with('{')) return parse_config(value, origin, ConfigNode::Kind::object);
  if (value.starts_with('[')) return parse_config(value, origin, ConfigNode::Kind::list);
  ConfigNode node;
  node.kind = ConfigNode::Kind::scalar;
  node.origin = origin;
  node.text = value;
  return node;
}

}  // namespace

Result<ConfigNode> parse_assignment(std::string_view assignment, const std::string& source) {
  std::size_t equals = 0;
  auto parts = split_key(assignment, equals);
  if (!parts) return fail(std::move(parts).error().in(source));
  const auto value = assignment.substr(equals + 1);
  join_host(*parts, value.starts_with('{'));

  const Origin origin{source};
  REGTOOL_TRY_ASSIGN(auto node, parse_value(value, origin));
  for (auto part = parts->rbegin(); part != parts->rend(); ++part) {
    node.name = std::move(part->name);
    node.name_origin = origin;
    ConfigNode parent;
    parent.origin = origin;
    parent.children.push_back(std::move(node));
    node = std::move(parent);
  }
  return node;
}

}  // namespace regtool
