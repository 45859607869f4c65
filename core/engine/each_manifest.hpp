#pragma once
// Reading the manifests of many names.

#include "engine/manifest.hpp"
#include "engine/toolkit.hpp"

#include <functional>
#include <optional>
#include <span>

namespace regtool {

// The manifest of names[index]: nothing when the name is gone by now, an Error when it cannot be read.
using ManifestUse = std::function<Result<>(std::size_t index, Result<std::optional<Manifest>> manifest)>;

// Calls `use` for each of the names, from several threads at once, as a store that is far away answers many at once.
// Its first failure, or the stop, is the result.
Result<> for_each_manifest(const Context& ctx, const Toolkit& toolkit, std::span<const RefInfo> names,
                           const ManifestUse& use);

}  // namespace regtool
