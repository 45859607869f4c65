#pragma once
// What interrupted runs have left in our own folders, as Leftovers.

#include <regtool/leftovers.hpp>

#include "staging_area.hpp"

#include <memory>
#include <string_view>

namespace regtool {

// Whose file a name in the staging folder is: of a slot, or of one of its journals. Nothing for any other name.
// "<hex>.0" and "<hex>.0.journal" and "<hex>.0.journal.new" are "<hex>.0"'s; "<hex>.0.<16 hex digits>", on its way to
// being published, is its own.
std::optional<std::string_view> slot_of_file(std::string_view name) noexcept;

// A slot goes with its journals, under one name: its path below the root. `assumed` overrides what the file system
// says of its locks, for tests.
std::unique_ptr<Leftovers> make_staging_leftovers(StoreFolders folders,
                                                  std::optional<local::Locks> assumed = std::nullopt);

}  // namespace regtool
