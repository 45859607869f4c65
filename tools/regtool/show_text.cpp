#include "show_text.hpp"

#include "base/ascii.hpp"
#include "table.hpp"
#include "terminal/text.hpp"
#include "terminal/units.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace regtool::cli {
namespace {

constexpr std::size_t most_layer_rows = 20;
constexpr std::size_t most_text_lines = 20;
constexpr std::size_t most_licence_lines = 2;

std::string section(const char* title, const std::string& body) { return fmt::format("\n{}\n{}\n", title, body); }

std::string facts(const Reference& name, const ModelDetails& details) {
  std::vector<TableRow> rows{{"name", name.display()},
                             {"id", std::string(details.digest.brief())},
                             {"size", format_bytes(details.manifest.total_size())}};
  for (const auto& [label, value] : details.properties) rows.push_back({label, value});
  return section("Model", format_table(rows, 2, 2)) + section("Digest", "  " + details.digest.text());
}

std::string layers(const Manifest& manifest) {
  std::vector<TableRow> rows;
  const auto groups = group_layers(manifest.layers());
  for (const auto& group : groups) {
    if (rows.size() == most_layer_rows) {
      rows.push_back({fmt::format("and {} more; --json has all", groups.size() - most_layer_rows)});
      break;
    }
    rows.push_back(
        {group.label, group.count == 1 ? group.brief : format_count(group.count, "layer"), format_bytes(group.bytes)});
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

std::string without_numbers(std::string_view name) {
  std::string pattern;
  for (const char c : name) {
    if (!is_digit(c)) {
      pattern += c;
    } else if (!pattern.ends_with('*')) {
      pattern += '*';
    }
  }
  return pattern;
}

// As a Modelfile has a text of several lines, or one with quotes in it.
std::string quoted(std::string_view text) { return fmt::format("\"\"\"{}\"\"\"", text); }

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_blank(std::string_view line) noexcept { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

std::string as_text(const Reference& name, const ModelDetails& details) {
  auto text = facts(name, details) + layers(details.manifest);
  if (!details.parameters.empty()) {
    std::vector<TableRow> rows;
    for (const auto& [key, value] : details.parameters) rows.push_back({key, value});
    text += section("Parameters", format_table(rows, 2, 2));
  }
  if (details.prompt)
    text += section("Template", indented(beginning_of(*details.prompt, most_text_lines, "--template")));
  if (details.system) text += section("System", indented(beginning_of(*details.system, most_text_lines, "--system")));
  for (const auto& licence : details.licences) {
    text += section("License", indented(beginning_of(licence, most_licence_lines, "--license")));
  }
  return text.substr(1, text.size() - 2);
}

std::string parameters_text(const ModelDetails& details) {
  std::string text;
  for (const auto& [key, value] : details.parameters) text += fmt::format("{:<30} {}\n", key, value);
  return text;
}

std::string modelfile(const Reference& name, const ModelDetails& details) {
  auto text = fmt::format("# Made by regtool show --modelfile\nFROM {}\n", name.display());
  if (details.prompt) text += "TEMPLATE " + quoted(*details.prompt) + '\n';
  if (details.system) text += "SYSTEM " + quoted(*details.system) + '\n';
  for (const auto& [key, value] : details.parameters) text += fmt::format("PARAMETER {} {}\n", key, value);
  for (const auto& [role, content] : details.messages) text += fmt::format("MESSAGE {} {}\n", role, quoted(content));
  for (const auto& licence : details.licences) text += "LICENSE " + quoted(licence) + '\n';
  return text;
}

std::vector<LayerGroup> group_layers(const std::vector<Layer>& layers) {
  std::vector<LayerGroup> groups;
  std::map<std::string, std::size_t> by_pattern;
  for (const auto& layer : layers) {
    const auto pattern = without_numbers(layer.name);
    const auto next = groups.size();
    // Layers without names are told one by one.
    const auto at = layer.name.empty() ? next : by_pattern.emplace(pattern, next).first->second;
    if (at == next) groups.push_back({layer.label(), std::string(layer.blob.digest.brief())});
    auto& group = groups[at];
    if (++group.count == 2) group.label = pattern;
    group.bytes += layer.blob.size;
  }
  return groups;
}

std::string beginning_of(std::string_view text, std::size_t most, std::string_view option) {
  auto lines = lines_of(text);
  while (!lines.empty() && is_blank(lines.back())) lines.pop_back();
  lines.erase(lines.begin(), std::ranges::find_if_not(lines, is_blank));
  // The hint takes a line as well.
  if (lines.size() <= most + 1) return fmt::format("{}", fmt::join(lines, "\n"));
  const auto all = lines.size();
  lines.resize(most);
  return fmt::format("{}\n({} lines; {} shows them all)", fmt::join(lines, "\n"), all, option);
}

}  // namespace regtool::cli
