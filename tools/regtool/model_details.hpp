#pragma once
// What a model's small blobs say, for `regtool show`.

#include "engine/library.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace regtool::cli {

struct ModelDetails {
  Manifest manifest;
  Digest digest;  // of the manifest

  // All that is said, ready to show: ("parameters", "3B"), ("stop", "\"<end>\"").
  std::vector<std::pair<std::string, std::string>> properties{}, parameters{};

  std::string config_json{}, parameters_json{};  // whole JSON values, or empty
  std::optional<std::string> prompt{};           // the template
  std::optional<std::string> system{};
  std::vector<std::string> licences{};
};

// Reads the blobs from the store. A blob that is missing is an error if `complete`, else passed over.
Result<ModelDetails> read_details(const Context& ctx, const Toolkit& tools, Manifest manifest, bool complete);

// Of a licence: the first line that says something.
std::string_view first_line(std::string_view text) noexcept;

}  // namespace regtool::cli
