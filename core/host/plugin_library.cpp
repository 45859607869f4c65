#include "host/plugin_library.hpp"

#include <boost/dll/shared_library.hpp>
#include <exception>

namespace regtool {
namespace {

constexpr std::string_view file_prefix = "libregtool_";
constexpr const char* symbol = "regtool_plugin";

// A library that is never unloaded, because it is never destroyed.
union Kept {
  boost::dll::shared_library library;
  explicit Kept(boost::dll::shared_library&& loaded) : library(std::move(loaded)) {}
  ~Kept() {}
};

auto refuse(const std::filesystem::path& file, const std::string& why) {
  return fail(Errc::invalid_argument, "plugin " + file.string() + ": " + why);
}

// Boost wraps the words of the system's loader, which alone say what is wrong with the file.
std::string loader_words(std::string_view message, const std::string& file) {
  constexpr std::string_view before = "dlerror system message: ";
  if (const auto at = message.find(before); at != message.npos) {
    message = message.substr(0, message.rfind(')'));
    message.remove_prefix(at + before.size());
  }
  if (message.starts_with(file + ": ")) message.remove_prefix(file.size() + 2);
  return std::string(message);
}

Result<boost::dll::shared_library> open(const std::filesystem::path& file) {
  try {
    return boost::dll::shared_library(std::filesystem::absolute(file),
                                      boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  } catch (const std::exception& error) {
    return refuse(file, "cannot be loaded: " + loader_words(error.what(), file.string()));
  }
}

// Reads the three frozen members only, in an order in which each makes the next one safe to read.
Result<> check(const PluginDescriptor& descriptor, const std::filesystem::path& file) {
  if (descriptor.magic != plugin_magic)
    return refuse(file, "is not a regtool plugin: its descriptor has a wrong magic number");
  if (descriptor.abi != plugin_abi) {
    return refuse(file, "was built for plugin interface " + std::to_string(descriptor.abi) + ", this regtool has " +
                            std::to_string(plugin_abi) + ": build it again against this regtool");
  }
  const std::string_view toolchain = descriptor.toolchain == nullptr ? "unknown" : descriptor.toolchain;
  if (toolchain != plugin_toolchain) {
    return refuse(file, "was built with toolchain " + std::string(toolchain) + ", this regtool with " +
                            plugin_toolchain + ": build both with the same");
  }
  return {};
}

Result<> enroll(const PluginDescriptor& descriptor, Offers& offers, const std::filesystem::path& file) {
  try {
    descriptor.enroll(offers);
  } catch (const std::exception& error) {
    return refuse(file, std::string("failed to enroll: ") + error.what());
  } catch (...) {
    return refuse(file, "failed to enroll: threw something that is no std::exception");
  }
  const auto all = offers.summary();
  if (all.empty()) return refuse(file, "enrolls nothing");
  for (auto offer = all.begin(); offer != all.end(); ++offer) {
    for (auto other = all.begin(); other != offer; ++other) {
      if (offer->kind == other->kind && offer->name == other->name)
        return refuse(file, "enrolls " + full_plugin_name(offer->kind, offer->name) + " twice");
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<PluginLibrary>> PluginLibrary::load(const std::filesystem::path& file) {
  REGTOOL_TRY_ASSIGN(auto library, open(file));
  if (!library.has(symbol)) return refuse(file, std::string("is not a regtool plugin: it has no symbol ") + symbol);
  const auto& descriptor = library.get<const PluginDescriptor>(symbol);
  REGTOOL_TRY(check(descriptor, file));

  const Kept kept(std::move(library));
  const auto text = [](const char* value) { return std::string(value == nullptr ? "" : value); };
  auto plugin =
      std::unique_ptr<PluginLibrary>(new PluginLibrary({text(descriptor.name), text(descriptor.version), file}));
  REGTOOL_TRY(enroll(descriptor, plugin->offers_, file));
  return plugin;
}

std::string plugin_file_name(std::string_view plugin) {
  return std::string(file_prefix) + std::string(plugin) + boost::dll::shared_library::suffix().string();
}

std::string plugin_name_of(const std::filesystem::path& file) {
  const auto name = file.filename().string();
  const auto suffix = boost::dll::shared_library::suffix().string();
  if (!name.starts_with(file_prefix) || !name.ends_with(suffix) || name.size() <= file_prefix.size() + suffix.size())
    return {};
  return name.substr(file_prefix.size(), name.size() - file_prefix.size() - suffix.size());
}

}  // namespace regtool
