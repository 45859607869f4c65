#include "folder_refs.hpp"

#include "name_tree.hpp"
#include "store_folders.hpp"

#include <algorithm>
#include <tuple>

namespace regtool {
namespace {

constexpr std::size_t max_manifest = 4 << 20;
constexpr std::string_view temporary_name = "manifest";

class FolderRefs final : public Refs {
 public:
  explicit FolderRefs(local::Path root) : folders_(std::move(root), ollama_layout) {}

  Result<std::optional<std::string>> resolve(const Context&, const Reference& name) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto path, find_name(folders_.manifests(), parts_of(name)));
    if (!path) return std::nullopt;
    REGTOOL_TRY_ASSIGN(const auto file, local::open_file(*path, local::Access::read));
    if (!file) return std::nullopt;
    REGTOOL_TRY_ASSIGN(auto manifest, local::read_all(file, *path, max_manifest));
    return manifest;
  }

  Result<> link(const Context&, const Reference& name, std::string_view manifest) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto place, folders_.workplace(folders_.manifests()));
    // An unlink() may remove a folder just when we have made sure of it.
    constexpr int tries = 100;
    local::remove_old_temporaries(place, temporary_name);
    for (int i = 0; i < tries; ++i) {
      REGTOOL_TRY_ASSIGN(const auto target, target_of(name));
      const auto folder = target.parent_path();
      if (auto made = local::make_folders(folder); !made) {
        if (made.error().code == Errc::not_found) continue;
        return made;
      }
      const auto temporary = local::temporary_in(place, temporary_name);
      REGTOOL_TRY_ASSIGN(const bool done, local::replace_file(temporary, target, manifest));
      if (done) return local::sync_folder(folder);
    }
    return fail(Errc::io, "write the manifest of " + name.display() + ": its folder is removed again and again");
  }

  Result<bool> unlink(const Context&, const Reference& name) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto path, find_name(folders_.manifests(), parts_of(name)));
    if (!path) return false;
    REGTOOL_TRY_ASSIGN(const bool removed, local::remove_file(*path));
    if (!removed) return false;
    auto folder = path->parent_path();
    while (folder != folders_.manifests() && local::remove_empty_folder(folder)) folder = folder.parent_path();
    return true;
  }

  Result<std::vector<RefInfo>> list(const Context&) noexcept override {
    REGTOOL_TRY_ASSIGN(auto names, list_names(folders_.manifests()));
    const auto order = [](const RefInfo& info) {
      return std::tie(info.name.host(), info.name.repository(), info.name.tag());
    };
    std::sort(names.begin(), names.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
    return names;
  }

 private:
  Result<local::Path> target_of(const Reference& name) const {
    const auto parts = parts_of(name);
    REGTOOL_TRY_ASSIGN(const auto existing, find_name(folders_.manifests(), parts));
    return existing ? *existing : place_for_name(folders_.manifests(), parts);
  }

  const StoreFolders folders_;
};

}  // namespace

std::unique_ptr<Refs> make_folder_refs(local::Path root) { return std::make_unique<FolderRefs>(std::move(root)); }

}  // namespace regtool
