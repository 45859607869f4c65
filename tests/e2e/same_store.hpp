#pragma once
// Comparing what two stores hold, byte by byte.

#include <filesystem>
#include <string>
#include <vector>

namespace regtool {

// What differs between the published blobs and manifests of two stores: one line each, none when they are the same.
std::vector<std::string> differences(const std::filesystem::path& left, const std::filesystem::path& right);

}  // namespace regtool
