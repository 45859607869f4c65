#pragma once
// The blobs of a layout, as a Store for whoever goes by the names alone.

#include <regtool/store.hpp>

#include "layout_index.hpp"

#include <memory>

namespace regtool {

// Neither lists nor removes what the index needs besides the blobs of models: manifests, and whatever belongs to
// entries that no name of ours leads to. Everything else is as `blobs` does it.
std::unique_ptr<Store> make_oci_store(std::shared_ptr<LayoutIndex> index, std::shared_ptr<Store> blobs);

}  // namespace regtool
