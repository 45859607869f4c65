#pragma once
// A model as `regtool show` puts it for people.

#include <regtool/reference.hpp>

#include "model_details.hpp"

#include <string>
#include <string_view>

namespace regtool::cli {

// Everything, long texts in part: fits 80 columns but for what the model's own lines need.
std::string as_text(const Reference& name, const ModelDetails& details);

// One parameter a line, in columns as Ollama's.
std::string parameters_text(const ModelDetails& details);

// What `ollama create` would make the same model from, with another name or changed.
std::string modelfile(const Reference& name, const ModelDetails& details);

// A row of the table of layers: one layer, or all those whose names differ in numbers alone.
struct LayerGroup {
  std::string label;  // with '*' for the numbers
  std::string brief;  // digest of the first
  std::size_t count = 0;
  std::uint64_t bytes = 0;
};
std::vector<LayerGroup> group_layers(const std::vector<Layer>& layers);

// The first lines that say something, at most `most`, with a hint when there are more: which option shows them all.
std::string beginning_of(std::string_view text, std::size_t most, std::string_view option);

}  // namespace regtool::cli
