#include <regtool/plugin.hpp>

#include "folder_store.hpp"
#include "layout_index.hpp"
#include "oci_refs.hpp"
#include "oci_store.hpp"
#include "staging_leftovers.hpp"

#include <array>

namespace regtool {
namespace {

constexpr std::array options{
    Option{"root", OptionType::path, "", "The folder of the layout."},
};

Result<Storage> make_storage(const Context& ctx, const Config& config, Host& host) {
  if (config.path("root").empty()) {
    return fail(Errc::invalid_argument,
                "no folder is given: set root, beside the plugin's name, to that of the layout");
  }
  REGTOOL_TRY_ASSIGN(const auto root, root_of(config));
  REGTOOL_TRY_ASSIGN(auto* verifier, host.verifier(ctx));
  const auto index = std::make_shared<LayoutIndex>(root);
  REGTOOL_TRY(index->check_version());
  const std::shared_ptr<Store> blobs = make_folder_store(root, oci_layout);
  return Storage{make_oci_store(index, blobs), make_oci_refs(index, blobs, *verifier), std::nullopt,
                 make_staging_leftovers(StoreFolders(root, oci_layout))};
}

void enroll(Registrar& registrar) { registrar.store("oci-layout", options, make_storage); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("store-oci-layout", "0.1.0", regtool::enroll);
