#include "host/plugin_path.hpp"

#include <boost/dll/runtime_symbol_info.hpp>

namespace regtool {

std::vector<std::filesystem::path> default_plugin_path() {
  std::error_code problem;
  const auto library = std::filesystem::canonical(boost::dll::this_line_location(problem), problem);
  if (problem) return {};
  const auto folder = library.parent_path();
  const std::filesystem::path candidates[] = {
      folder / "regtool" / "plugins",                        // installed: lib/libregtool.so
      folder.parent_path() / "lib" / "regtool" / "plugins",  // installed on Windows: bin/regtool.dll
      folder.parent_path() / "plugins",                      // the build tree: core/libregtool.so
  };
  for (const auto& candidate : candidates) {
    if (std::filesystem::is_directory(candidate, problem)) return {candidate};
  }
  return {candidates[0]};
}

}  // namespace regtool
