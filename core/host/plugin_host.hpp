#pragma once
// Finds plugins by name in a list of folders, and loads those that are asked for, once each.

#include "host/plugin_library.hpp"

#include <map>

namespace regtool {

struct PluginSummary {
  PluginInfo info;
  std::vector<OfferSummary> offers;
};

// A file in the search path that is named like a plugin: usable, or the reason why it is not.
struct PluginListing {
  std::string name;
  std::filesystem::path file;
  Result<PluginSummary> plugin;
};

// Used by one thread at a time. Outlives every object that was made from its offers.
class PluginHost {
 public:
  // An earlier folder wins. Folders that do not exist are passed over.
  explicit PluginHost(std::vector<std::filesystem::path> search_path) : search_path_(std::move(search_path)) {}

  // What the config calls `name`, in short ("poco") or in full ("transport-poco"). Errc::invalid_argument: it is not
  // there (with the nearest that is), or cannot be used, or does not offer this.
  template <class OfferOfKind>
  Result<const OfferOfKind*> find(std::string_view name) {
    constexpr auto kind = kind_of<OfferOfKind>;
    REGTOOL_TRY_ASSIGN(const auto* plugin, load(full_plugin_name(kind, name)));
    const auto* offer = plugin->offers().template find<OfferOfKind>(short_name(kind, name));
    if (offer == nullptr) return lacks(*plugin, kind, name);
    return offer;
  }

  // The options of what find() finds, for a kind known only at run time.
  Result<std::span<const Option>> options(PluginKind kind, std::string_view name);

  // Every plugin in the search path, in the order of names. Loads them all.
  std::vector<PluginListing> list();

  // One plugin by its full name, or by a short one that only one plugin has. Errc::not_found when there is none.
  Result<PluginSummary> describe(std::string_view name);

 private:
  static std::string_view short_name(PluginKind kind, std::string_view name);
  static tl::unexpected<Error> lacks(const PluginLibrary& plugin, PluginKind kind, std::string_view name);
  std::filesystem::path rival(const std::filesystem::path& file, const OfferSummary& offer) const;
  std::filesystem::path locate(std::string_view plugin) const;
  std::vector<std::filesystem::path> files() const;
  tl::unexpected<Error> not_there(Errc code, std::string_view plugin) const;
  Result<const PluginLibrary*> load(const std::string& plugin);
  Result<const PluginLibrary*> load_file(const std::filesystem::path& file);

  std::vector<std::filesystem::path> search_path_;
  std::map<std::filesystem::path, std::unique_ptr<PluginLibrary>> loaded_;
};

}  // namespace regtool
