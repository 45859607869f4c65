#pragma once
// Ollama's folder of blobs, as a Store.

#include <regtool/store.hpp>

#include "store_folders.hpp"

#include <memory>

namespace regtool {

std::unique_ptr<Store> make_filesystem_store(posix::Path root);

}  // namespace regtool
