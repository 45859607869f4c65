#pragma once
// One plugin file, checked and loaded. Its code stays in memory until the process ends: libraries that plugins use keep
// thread-local and exit-time destructors of their own.

#include "host/offer.hpp"

namespace regtool {

// What a plugin says about itself.
struct PluginInfo {
  std::string name;  // "transport-poco"
  std::string version;
  std::filesystem::path file;
};

class PluginLibrary {
 public:
  // Loads, checks the descriptor before anything else of the plugin is used, and lets it enroll.
  // Errc::invalid_argument, in one line that names the file: no shared library, no plugin, made for another regtool or
  // with another toolchain, enrolls nothing or twice the same, fails to enroll.
  static Result<std::unique_ptr<PluginLibrary>> load(const std::filesystem::path& file);

  const PluginInfo& info() const noexcept { return info_; }
  const Offers& offers() const noexcept { return offers_; }

 private:
  explicit PluginLibrary(PluginInfo info) : info_(std::move(info)) {}
  PluginInfo info_;
  Offers offers_;
};

// The file name of a plugin on this platform: "libregtool_transport-poco.so".
std::string plugin_file_name(std::string_view plugin);

// The reverse: "transport-poco", or "" for a file that is not named like a plugin.
std::string plugin_name_of(const std::filesystem::path& file);

}  // namespace regtool
