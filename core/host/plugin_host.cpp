#include "host/plugin_host.hpp"

#include "base/ascii.hpp"
#include "base/nearest.hpp"

#include <algorithm>
#include <set>

namespace regtool {
namespace {

// A name becomes part of a path.
bool is_plugin_name(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_file(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

const OfferSummary* find_offer(const std::vector<OfferSummary>& offers, PluginKind kind, std::string_view name) {
  const auto found =
      std::ranges::find_if(offers, [&](const auto& offer) { return offer.kind == kind && offer.name == name; });
  return found == offers.end() ? nullptr : &*found;
}

PluginSummary summary_of(const PluginLibrary& plugin) { return {plugin.info(), plugin.offers().summary()}; }

}  // namespace

std::string_view PluginHost::short_name(PluginKind kind, std::string_view name) {
  const auto prefix = full_plugin_name(kind, "").size();
  return full_plugin_name(kind, name).size() == name.size() ? name.substr(prefix) : name;
}

tl::unexpected<Error> PluginHost::lacks(const PluginLibrary& plugin, PluginKind kind, std::string_view name) {
  std::string offered;
  for (const auto& offer : plugin.offers().summary())
    (offered += offered.empty() ? "" : ", ") += full_plugin_name(offer.kind, offer.name);
  return fail(Errc::invalid_argument, "plugin " + plugin.info().file.string() + ": does not offer " +
                                          full_plugin_name(kind, name) + ", only " + offered);
}

std::filesystem::path PluginHost::locate(std::string_view plugin) const {
  if (!is_plugin_name(plugin)) return {};
  for (const auto& folder : search_path_) {
    if (auto file = folder / plugin_file_name(plugin); is_file(file)) return file;
  }
  return {};
}

std::vector<std::filesystem::path> PluginHost::files() const {
  std::vector<std::filesystem::path> found;
  for (const auto& folder : search_path_) {
    const auto first = found.size();
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
      if (!plugin_name_of(entry.path()).empty() && is_file(entry.path())) found.push_back(entry.path());
    }
    std::sort(found.begin() + static_cast<std::ptrdiff_t>(first), found.end());
  }
  std::ranges::stable_sort(found, {}, plugin_name_of);
  return found;
}

tl::unexpected<Error> PluginHost::not_there(Errc code, std::string_view plugin) const {
  std::string folders;
  for (const auto& folder : search_path_) (folders += folders.empty() ? "" : ", ") += folder.string();
  std::vector<std::string> there;
  for (const auto& file : files()) there.push_back(plugin_name_of(file));
  const std::vector<std::string_view> names(there.begin(), there.end());
  const auto meant = nearest(plugin, names);
  return fail(code, "no plugin \"" + std::string(plugin) + "\" (" + plugin_file_name(plugin) + ") in " +
                        (folders.empty() ? "an empty plugin-path" : folders) +
                        (meant.empty() ? "" : "; did you mean \"" + std::string(meant) + "\"?"));
}

Result<const PluginLibrary*> PluginHost::load(const std::string& plugin) {
  const auto file = locate(plugin);
  if (file.empty()) return not_there(Errc::invalid_argument, plugin);
  return load_file(file);
}

Result<const PluginLibrary*> PluginHost::load_file(const std::filesystem::path& file) {
  if (const auto found = loaded_.find(file); found != loaded_.end()) return found->second.get();
  REGTOOL_TRY_ASSIGN(auto plugin, PluginLibrary::load(file));
  for (const auto& offer : plugin->offers().summary()) {
    const auto name = full_plugin_name(offer.kind, offer.name);
    if (const auto owner = rival(file, offer); !owner.empty()) {
      return fail(Errc::invalid_argument, "plugin " + file.string() + ": enrolls " + name + ", as " + owner.string() +
                                              " does: remove one of them");
    }
  }
  return loaded_.emplace(file, std::move(plugin)).first->second.get();
}

// The file that is named for the offer comes first, whether it is loaded yet or not, so that the outcome does not hang
// on the order of loading.
std::filesystem::path PluginHost::rival(const std::filesystem::path& file, const OfferSummary& offer) const {
  if (auto owner = locate(full_plugin_name(offer.kind, offer.name)); !owner.empty() && owner != file) return owner;
  for (const auto& [other_file, other] : loaded_) {
    if (find_offer(other->offers().summary(), offer.kind, offer.name) != nullptr) return other_file;
  }
  return {};
}

Result<std::span<const Option>> PluginHost::options(PluginKind kind, std::string_view name) {
  REGTOOL_TRY_ASSIGN(const auto* plugin, load(full_plugin_name(kind, name)));
  const auto offers = plugin->offers().summary();
  const auto* offer = find_offer(offers, kind, short_name(kind, name));
  if (offer == nullptr) return lacks(*plugin, kind, name);
  return offer->options;
}

std::vector<PluginListing> PluginHost::list() {
  std::vector<PluginListing> listings;
  for (const auto& file : files()) {
    auto name = plugin_name_of(file);
    auto plugin = !listings.empty() && listings.back().name == name
                      ? fail(Errc::invalid_argument, "plugin " + file.string() + ": hidden by " +
                                                         locate(name).string() + ", which comes first in plugin-path")
                      : load_file(file).map([](const auto* loaded) { return summary_of(*loaded); });
    listings.push_back({std::move(name), file, std::move(plugin)});
  }
  return listings;
}

Result<PluginSummary> PluginHost::describe(std::string_view name) {
  std::set<std::string> candidates;
  if (!locate(name).empty()) candidates.emplace(name);
  for (const auto kind : plugin_kinds) {
    if (auto full = full_plugin_name(kind, name); !locate(full).empty()) candidates.insert(std::move(full));
  }
  if (candidates.empty()) return not_there(Errc::not_found, name);
  if (candidates.size() > 1) {
    return fail(Errc::invalid_argument, "\"" + std::string(name) + "\" may be " + *candidates.begin() + " or " +
                                            *std::next(candidates.begin()) + ": give the full name");
  }
  REGTOOL_TRY_ASSIGN(const auto* plugin, load(*candidates.begin()));
  return summary_of(*plugin);
}

}  // namespace regtool
