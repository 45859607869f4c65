#pragma once
// What std::filesystem lacks: a rename that replaces nothing, and durable folders. One source file a platform.

#include <regtool/result.hpp>

#include <filesystem>

namespace regtool {

// False when there is a `to`; Errc::not_found when there is no `from`.
Result<bool> rename_exclusively(const std::filesystem::path& from, const std::filesystem::path& to);

// Makes the names in the folder durable. Does nothing where the platform does so by itself.
Result<> sync_names(const std::filesystem::path& folder);

}  // namespace regtool
