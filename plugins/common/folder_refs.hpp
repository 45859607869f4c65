#pragma once
// A tree of folders with manifests, as Refs: Ollama's <root>/manifests.

#include <regtool/refs.hpp>

#include "local_file.hpp"

#include <memory>

namespace regtool {

std::unique_ptr<Refs> make_folder_refs(local::Path root);

}  // namespace regtool
