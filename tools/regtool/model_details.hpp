#pragma once
// What a model's small blobs say, for `regtool show`.

#include "engine/library.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace regtool::cli {

struct ModelDetails {
  Manifest manifest;
  Digest digest;  // of the manifest

  // All that is said, ready to show: ("parameters", "3B"), ("stop", "\"<end>\""). Several values of one parameter, such
  // as stop words, are several entries.
  std::vector<std::pair<std::string, std::string>> properties{}, parameters{};

  std::string config_json{}, parameters_json{};                 // whole JSON values, or empty
  std::vector<std::pair<std::string, std::string>> messages{};  // role, content
  std::optional<std::string> prompt{};                          // the template
  std::optional<std::string> system{};
  std::vector<std::string> licences{};
};

// Gives the text of a small blob; nothing where it is to be passed over.
using ReadText = std::function<Result<std::optional<std::string>>(const Layer& layer, std::size_t limit)>;

// Reads what the small blobs of a model say.
Result<ModelDetails> read_details(const Toolkit& tools, Manifest manifest, const ReadText& read);

}  // namespace regtool::cli
