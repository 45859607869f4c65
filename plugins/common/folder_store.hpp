#pragma once
// A folder of blobs, as a Store.

#include <regtool/store.hpp>

#include "store_folders.hpp"

#include <memory>

namespace regtool {

std::unique_ptr<Store> make_folder_store(local::Path root, const FolderLayout& layout);

}  // namespace regtool
