#pragma once
// From a registry into the store.

#include "engine/manifest.hpp"
#include "engine/registry_access.hpp"
#include "engine/toolkit.hpp"

namespace regtool {

struct PullOptions {
  bool dry_run = false;  // find out what is missing, change nothing
  bool prune = true;     // and TransferSettings::prune: remove what only the replaced version needed
};

struct PullReport {
  Digest manifest;
  std::uint64_t total_bytes = 0;    // of all distinct blobs
  std::uint64_t fetched_bytes = 0;  // that this call moved (for a dry run: would move)
  std::size_t blobs = 0;            // distinct ones
  std::size_t fetched_blobs = 0;
  std::size_t pruned_blobs = 0;
  bool changed = false;  // the name points to something else than before
};

// Makes `name` in the store what it is at the registry. Every blob is verified; the name moves last. On failure the
// name is as it was, and what was fetched is kept for the next call.
Result<PullReport> pull(const Context& ctx, const Toolkit& toolkit, const RegistryAccess& registry,
                        const Reference& name, const PullOptions& options);

}  // namespace regtool
