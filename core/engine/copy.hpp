#pragma once
// From one store into another.

#include "engine/manifest.hpp"
#include "engine/toolkit.hpp"

#include <functional>
#include <vector>

namespace regtool {

struct CopyReport {
  std::uint64_t total_bytes = 0;   // of all distinct blobs
  std::uint64_t copied_bytes = 0;  // of those that were not there (for a dry run: that are not)
  std::size_t blobs = 0;           // distinct ones
  std::size_t copied_blobs = 0;
  bool changed = false;  // the name points to something else than before
};

// Makes `as` in the store `to` what `name` is in `from`. Every blob is verified; the name moves last. On failure the
// name is as it was, and what was copied is kept for the next call. `from` is only read.
Result<CopyReport> copy_model(const Context& ctx, const Toolkit& from, const Reference& name, const Toolkit& to,
                              const Reference& as, bool dry_run = false);

// Gives the bytes of a blob: where nothing else has been said, from several threads at once.
using OpenBlob = std::function<Result<std::unique_ptr<Source>>(const Context& ctx, const Layer& blob)>;

// The same for a manifest that is at hand, and blobs from wherever.
Result<CopyReport> copy_model(const Context& ctx, const OpenBlob& open, const Manifest& manifest, const Toolkit& to,
                              const Reference& as, bool dry_run = false);

}  // namespace regtool
