#include <regtool/plugin.hpp>

#include "folder_refs.hpp"
#include "folder_store.hpp"
#include "staging_leftovers.hpp"

#include <array>

namespace regtool {
namespace {

constexpr std::array options{
    Option{"root", OptionType::path, "~/.ollama/models",
           "The folder of models; $OLLAMA_MODELS goes before the config."},
};

Result<Storage> make_storage(const Context&, const Config& config, Host&) {
  REGTOOL_TRY_ASSIGN(const auto root, root_of(config));
  return Storage{make_folder_store(root, ollama_layout), make_folder_refs(root), root,
                 make_staging_leftovers(StoreFolders(root, ollama_layout))};
}

void enroll(Registrar& registrar) { registrar.store("filesystem", options, make_storage); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("store-filesystem", "0.1.0", regtool::enroll);
