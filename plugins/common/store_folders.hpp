#pragma once
// Where things are under a store's root: the layout that it shares with other programs, and a folder of our own.

#include <regtool/config.hpp>
#include <regtool/digest.hpp>

#include "local_file.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace regtool {

// How a kind of store lays its blobs out.
struct FolderLayout {
  std::string_view blobs;   // their folder, under the root
  std::string_view prefix;  // of their files' names: the 64 hex digits follow
  bool ollama_partials;     // pulls that Ollama's own client did not finish lie beside them
};
inline constexpr FolderLayout ollama_layout{"blobs", "sha256-", true};
inline constexpr FolderLayout oci_layout{"blobs/sha256", "", false};

// The option "root" of a store, made absolute. Errc::invalid_argument for one that is not a folder, or below a file.
Result<local::Path> root_of(const Config& config);

class StoreFolders {
 public:
  StoreFolders(local::Path root, const FolderLayout& layout)
      : layout_(layout), root_(std::move(root)), blobs_((root_ / layout.blobs / "").string()) {}

  const FolderLayout& layout() const noexcept { return layout_; }
  const local::Path& root() const noexcept { return root_; }
  local::Path blobs() const { return root_ / layout_.blobs; }
  local::Path manifests() const { return root_ / "manifests"; }
  local::Path blob(const Digest& digest) const { return blobs_ + blob_name(digest); }
  local::Path trust_index() const { return own(root_) / "verified"; }

  // The digest in the name of a blob's file; nothing for other programs' files.
  std::optional<Digest> digest_in(std::string_view file_name) const;

  // Where a file is prepared that is to be renamed into `folder` or below; both are made where they are missing. It is
  // the root's own folder, or, where `folder` leads to another disk, one in there: a rename does not cross disks.
  Result<local::Path> workplace(const local::Path& folder) const;

  // Every folder that workplace() may have given, whether it is there or not.
  std::array<local::Path, 3> workplaces() const { return {own(root_), own(blobs()), own(manifests())}; }

 private:
  std::string blob_name(const Digest& digest) const { return std::string(layout_.prefix) + std::string(digest.hex()); }

  // Not among the blobs where it can be helped: Ollama removes from there what it does not know.
  static local::Path own(const local::Path& folder) { return folder / ".regtool"; }

  const FolderLayout layout_;
  const local::Path root_;
  const std::string blobs_;  // with a slash at its end: there may be thousands of blobs, and joining paths is slow
};

}  // namespace regtool
