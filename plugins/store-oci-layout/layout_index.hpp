#pragma once
// The index.json of a layout on disk, shared with other processes and other programs.

#include <regtool/context.hpp>
#include <regtool/oci_index.hpp>

#include "local_file.hpp"
#include "store_folders.hpp"

#include <functional>
#include <mutex>

namespace regtool {

// Readers see one index or the next, never a mixture. Every process of ours that changes it holds the lock meanwhile,
// so that no change is lost. Where locks mean nothing, and to other programs they mean nothing, a change that somebody
// overwrites is noticed as long as that shows by the time we look again, and made once more. Thread-safe.
class LayoutIndex {
 public:
  explicit LayoutIndex(local::Path root) : folders_(std::move(root), oci_layout) {}

  const StoreFolders& folders() const noexcept { return folders_; }

  // An empty one where there is none.
  Result<OciIndex> read() const;

  // Errc::unsupported for a layout of another version.
  Result<> check_version() const;

  // While it lives, no other of ours exists on this layout.
  class Lock {
   public:
    Lock(std::unique_lock<std::mutex> thread, local::File file) : thread_(std::move(thread)), file_(std::move(file)) {}

   private:
    std::unique_lock<std::mutex> thread_;
    local::File file_;
  };

  // Waits for it. Errc::unavailable when another process will not let go of it.
  Result<Lock> lock(const Context& ctx) const;

  // Replaces the index by what `change` makes of it; durable on return. `change` may be called more than once.
  Result<> replace(const Lock& held, const std::function<Result<OciIndex>(const OciIndex&)>& change) const;

 private:
  local::Path path() const { return folders_.root() / oci_index_file; }
  Result<std::string> text() const;
  Result<OciIndex> parse(std::string text) const;
  Result<> write_version() const;
  Result<bool> write(const std::string& before, const std::string& after) const;

  const StoreFolders folders_;
  mutable std::mutex mutex_;
};

}  // namespace regtool
