#include <regtool/plugin.hpp>

#include "folder_store.hpp"
#include "layout_index.hpp"
#include "oci_refs.hpp"
#include "oci_store.hpp"

#include <array>

namespace regtool {
namespace {

constexpr std::array options{
    Option{"root", OptionType::path, "", "The folder of the layout."},
};

Result<local::Path> find_root(const Config& config) {
  if (config.path("root").empty()) {
    return fail(Errc::invalid_argument,
                "no folder is given: set root, beside the plugin's name, to that of the layout");
  }
  std::error_code error;
  auto root = std::filesystem::absolute(config.path("root"), error).lexically_normal();
  if (error) return fail(Errc::io, "the current folder is not known: " + error.message());
  if (!root.has_filename()) root = root.parent_path();
  const auto status = std::filesystem::status(root, error);
  const bool is_file = std::filesystem::exists(status) && !std::filesystem::is_directory(status);
  if (is_file || error == std::errc::not_a_directory) {
    return fail(Errc::invalid_argument,
                "the layout " + root.string() + " is not a folder, or below a file; set root to one");
  }
  return root;
}

Result<Storage> make_storage(const Context& ctx, const Config& config, Host& host) {
  REGTOOL_TRY_ASSIGN(const auto root, find_root(config));
  REGTOOL_TRY_ASSIGN(auto* verifier, host.verifier(ctx));
  const auto index = std::make_shared<LayoutIndex>(root);
  REGTOOL_TRY(index->check_version());
  const std::shared_ptr<Store> blobs = make_folder_store(root, oci_layout);
  return Storage{make_oci_store(index, blobs), make_oci_refs(index, blobs, *verifier), std::nullopt, nullptr};
}

void enroll(Registrar& registrar) { registrar.store("oci-layout", options, make_storage); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("store-oci-layout", "0.1.0", regtool::enroll);
