#pragma once
// The folder of unfinished blobs, shared with other processes.

#include "staged_file.hpp"
#include "store_folders.hpp"

#include <cstdint>
#include <span>

namespace regtool {

// Every blob has a few numbered slots; a stager takes one that no living stager has. Thread-safe.
class StagingArea {
 public:
  // `assumed` overrides what the file system says, for tests.
  explicit StagingArea(const StoreFolders& folders, std::optional<local::Locks> assumed = std::nullopt)
      : folders_(folders), assumed_(assumed) {}

  // Resumes what an earlier run, or Ollama, left of this blob, or begins it. Errc::no_space when it cannot fit.
  Result<std::unique_ptr<StagedFile>> take(const void* owner, const Descriptor& what) const;

  // Removes what nobody works on any more of blobs that are published, and what crashes have left of others.
  void clean_up(std::span<const Digest> published) const noexcept;

 private:
  Result<std::optional<StagedSlot>> find_slot(const local::Path& folder, const Descriptor& what) const;
  Result<StagedSlot> copy(const local::Path& folder, const Descriptor& what, StagedSlot abandoned) const;

  const StoreFolders& folders_;
  const std::optional<local::Locks> assumed_;
};

}  // namespace regtool
