#pragma once
// Blobs come into a store from where they can be read in order: several at once, published together where they are
// small.

#include "engine/blob_intake.hpp"
#include "engine/commit_batch.hpp"
#include "engine/manifest.hpp"

#include <functional>
#include <map>
#include <mutex>

namespace regtool {

// Thread-safe.
class BlobSink {
 public:
  // Writes to the intake what is missing there.
  using Fill = std::function<Result<>(BlobIntake&)>;

  explicit BlobSink(const Toolkit& to) : to_(to), batch_(to.blobs) {}

  // Does nothing for a blob that is there and good. Else has `fill` called, a second time if it is `repeatable` and
  // what an earlier run had left turns out to be of no use. Errors name the blob.
  Result<> take(const Context& ctx, const Layer& blob, const Fill& fill, bool repeatable);

  // Publishes what waits for others to be published with.
  Result<> flush(const Context& ctx) { return batch_.flush(ctx); }

  // The same for one who ends in failure: what is whole is worth keeping.
  void keep(const Context& ctx) noexcept;

  // The blobs that were not there, with their sizes. Once nobody takes any more.
  const std::map<Digest, std::uint64_t>& taken() const noexcept { return taken_; }

 private:
  Result<> take_in(const Context& ctx, const Layer& blob, const Fill& fill, bool repeatable);
  Result<Finished> filled(BlobIntake& intake, const Fill& fill, bool repeatable);

  const Toolkit& to_;
  CommitBatch batch_;
  std::mutex mutex_;  // guards the rest
  std::map<Digest, std::uint64_t> taken_;
};

}  // namespace regtool
