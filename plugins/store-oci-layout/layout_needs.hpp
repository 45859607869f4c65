#pragma once
// Which blobs of a layout its index leads to.

#include <regtool/oci_index.hpp>
#include <regtool/store.hpp>

#include <set>

namespace regtool {

// Everything that any entry leads to.
Result<std::set<Digest>> needed_by_all(const Context& ctx, Store& blobs, const OciIndex& index);

// What nobody learns from the names alone: the manifests, and what the entries that are no models lead to.
Result<std::set<Digest>> needed_besides_models(const Context& ctx, Store& blobs, const OciIndex& index);

// The bytes of a manifest, or of an index: nothing when it is not there, or larger than one may be.
Result<std::optional<std::string>> read_manifest(const Context& ctx, Store& blobs, const Digest& digest);

}  // namespace regtool
