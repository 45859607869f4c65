#include "store_folders.hpp"

namespace regtool {

Result<local::Path> root_of(const Config& config) {
  std::error_code error;
  auto root = std::filesystem::absolute(config.path("root"), error).lexically_normal();
  if (error) return fail(Errc::io, "the current folder is not known: " + error.message());
  if (!root.has_filename()) root = root.parent_path();
  const auto status = std::filesystem::status(root, error);
  const bool is_file = std::filesystem::exists(status) && !std::filesystem::is_directory(status);
  if (is_file || error == std::errc::not_a_directory) {
    return fail(Errc::invalid_argument,
                "the store " + root.string() +
                    " is not a folder, or below a file; set store.root, or stores.NAME.root, to one");
  }
  return root;
}

std::optional<Digest> StoreFolders::digest_in(std::string_view file_name) const {
  if (!file_name.starts_with(layout_.prefix)) return std::nullopt;
  auto digest = Digest::parse("sha256:" + std::string(file_name.substr(layout_.prefix.size())));
  if (!digest || blob_name(*digest) != file_name) return std::nullopt;
  return std::move(*digest);
}

Result<local::Path> StoreFolders::workplace(const local::Path& folder) const {
  REGTOOL_TRY(local::make_folders(folder));
  REGTOOL_TRY_ASSIGN(const bool together, local::same_mount(root_, folder));
  auto place = own(together ? root_ : folder);
  REGTOOL_TRY(local::make_folders(place));
  return place;
}

}  // namespace regtool
