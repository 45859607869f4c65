#include "store_folders.hpp"

namespace regtool {

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
