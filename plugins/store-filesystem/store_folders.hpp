#pragma once
// Where things are under the root: Ollama's layout, and a folder of our own beside it.

#include <regtool/digest.hpp>

#include "posix_file.hpp"

#include <array>

namespace regtool {

class StoreFolders {
 public:
  explicit StoreFolders(posix::Path root) : root_(std::move(root)), blobs_((root_ / "blobs" / "").string()) {}

  const posix::Path& root() const noexcept { return root_; }
  posix::Path blobs() const { return root_ / "blobs"; }
  posix::Path manifests() const { return root_ / "manifests"; }
  posix::Path blob(const Digest& digest) const { return blobs_ + blob_name(digest); }
  posix::Path trust_index() const { return own(root_) / "verified"; }

  // "sha256-<hex>"
  static std::string blob_name(const Digest& digest) { return "sha256-" + std::string(digest.hex()); }

  // Where a file is prepared that is to be renamed into `folder` or below; both are made where they are missing. It is
  // the root's own folder, or, where `folder` leads to another disk, one in there: a rename does not cross disks.
  Result<posix::Path> workplace(const posix::Path& folder) const;

  // Every folder that workplace() may have given, whether it is there or not.
  std::array<posix::Path, 3> workplaces() const { return {own(root_), own(blobs()), own(manifests())}; }

 private:
  // Not in blobs/ where it can be helped: Ollama removes from there what it does not know.
  static posix::Path own(const posix::Path& folder) { return folder / ".regtool"; }

  const posix::Path root_;
  const std::string blobs_;  // with a slash at its end: there may be thousands of blobs, and joining paths is slow
};

}  // namespace regtool
