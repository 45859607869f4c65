#pragma once
// The tree of folders that names are: <host>/<part of the repository>…/<tag>, found without regard to case.

#include <regtool/refs.hpp>

#include "local_file.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regtool {

// Host, the repository's parts and tag.
using NameParts = std::vector<std::string>;
NameParts parts_of(const Reference& name);

// Of ASCII letters.
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

// The file of a name, in the very spelling or else in whatever there is; of several the first in byte order. Nothing
// when there is none.
Result<std::optional<local::Path>> find_name(const local::Path& folder, std::span<const std::string> parts);

// Where a name that is not there yet belongs: folders that are there keep their spelling.
Result<local::Path> place_for_name(local::Path folder, std::span<const std::string> parts);

// Every name in the tree, in no order.
Result<std::vector<RefInfo>> list_names(const local::Path& folder);

}  // namespace regtool
