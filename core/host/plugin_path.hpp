#pragma once
// Where plugins are when nobody says so.

#include <filesystem>
#include <vector>

namespace regtool {

// What stands between the folders of REGTOOL_PLUGIN_PATH on this platform.
inline constexpr char path_list_separator = std::filesystem::path::preferred_separator == '\\' ? ';' : ':';

// Found from where the core library itself is, so that an installed tree can be moved, and that a build tree finds its
// own plugins.
std::vector<std::filesystem::path> default_plugin_path();

}  // namespace regtool
