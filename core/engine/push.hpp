#pragma once
// From the store to a registry.

#include "engine/manifest.hpp"
#include "engine/registry_access.hpp"
#include "engine/toolkit.hpp"

namespace regtool {

struct PushOptions {
  bool dry_run = false;  // find out what is missing there, change nothing
};

struct PushReport {
  Digest manifest;
  std::uint64_t total_bytes = 0;  // of all distinct blobs
  std::uint64_t sent_bytes = 0;   // of blobs that had to be sent (for a dry run: would have to)
  std::size_t blobs = 0;          // distinct ones
  std::size_t sent_blobs = 0;
  std::size_t mounted_blobs = 0;  // that the registry had in another repository
};

// Makes `remote` at the registry what `local` is in the store. The manifest goes last, byte for byte: nothing is
// announced before every blob is there. Errc::not_found when the store does not have `local`.
Result<PushReport> push(const Context& ctx, const Toolkit& toolkit, const RegistryAccess& registry,
                        const Reference& local, const Reference& remote, const PushOptions& options);

}  // namespace regtool
