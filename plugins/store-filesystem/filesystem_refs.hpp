#pragma once
// Ollama's folder of manifests, as Refs.

#include <regtool/refs.hpp>

#include "store_folders.hpp"

#include <memory>

namespace regtool {

std::unique_ptr<Refs> make_filesystem_refs(posix::Path root);

}  // namespace regtool
