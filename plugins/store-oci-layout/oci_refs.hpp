#pragma once
// The names in a layout's index, as Refs. The manifests are blobs like others.

#include <regtool/refs.hpp>
#include <regtool/store.hpp>
#include <regtool/verify.hpp>

#include "layout_index.hpp"

#include <memory>

namespace regtool {

// `blobs` is the layout's folder of blobs, without the protection of oci_store.hpp. `verifier` outlives this.
std::unique_ptr<Refs> make_oci_refs(std::shared_ptr<LayoutIndex> index, std::shared_ptr<Store> blobs,
                                    Verifier& verifier);

}  // namespace regtool
