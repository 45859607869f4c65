#include "ollama_storage.hpp"

#include "folder_refs.hpp"
#include "folder_store.hpp"
#include "staging_leftovers.hpp"

namespace regtool {

Result<Storage> make_ollama_storage(const Context&, const Config& config, Host&) {
  REGTOOL_TRY_ASSIGN(const auto root, root_of(config));
  return Storage{make_folder_store(root, ollama_layout), make_folder_refs(root), root,
                 make_staging_leftovers(StoreFolders(root, ollama_layout))};
}

}  // namespace regtool
