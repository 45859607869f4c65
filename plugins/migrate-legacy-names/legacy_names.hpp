#pragma once
// Names that older versions of Ollama, and other tools, gave to blobs.

#include <regtool/migration.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace regtool {

// What a file in blobs/ is called today: "sha256:<hex>" became "sha256-<hex>", and hex is lower case. Also for Ollama's
// unfinished files ("…-partial", "…-partial-<N>", "….tmp"). Nothing when the name is as it should be, or foreign.
std::optional<std::string> modern_blob_name(std::string_view name);

std::unique_ptr<Migration> make_legacy_names();

}  // namespace regtool
