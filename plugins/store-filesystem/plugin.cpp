#include <regtool/plugin.hpp>

#include "filesystem_refs.hpp"
#include "filesystem_store.hpp"
#include "staging_leftovers.hpp"

#include <array>

namespace regtool {
namespace {

constexpr std::array options{
    Option{"root", OptionType::path, "~/.ollama/models",
           "The folder of models; $OLLAMA_MODELS goes before the config."},
};

Result<Storage> make_storage(const Context&, const Config& config, Host&) {
  std::error_code error;
  auto root = std::filesystem::absolute(config.path("root"), error).lexically_normal();
  if (error) return fail(Errc::io, "the current folder is not known: " + error.message());
  if (!root.has_filename()) root = root.parent_path();
  const auto status = std::filesystem::status(root, error);
  const bool is_file = std::filesystem::exists(status) && !std::filesystem::is_directory(status);
  if (is_file || error == std::errc::not_a_directory) {
    return fail(Errc::invalid_argument,
                "the store " + root.string() + " is not a folder, or below a file; set store.root to one");
  }
  return Storage{make_filesystem_store(root), make_filesystem_refs(root), root,
                 make_staging_leftovers(StoreFolders(root))};
}

void enroll(Registrar& registrar) { registrar.store("filesystem", options, make_storage); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("store-filesystem", "0.1.0", regtool::enroll);
