#pragma once
// One blob on its way into a store from where it can be read in order: from another store, or out of an archive.

#include "engine/prefix_verifier.hpp"
#include "engine/toolkit.hpp"

namespace regtool {

// Used by one thread; hashing goes on beside it. If only destroyed, what was written stays staged for another run.
class BlobIntake {
 public:
  // Everything passed outlives the object.
  BlobIntake(const Context& ctx, const Toolkit& toolkit, Descriptor what, Transfer& transfer)
      : ctx_(ctx), toolkit_(toolkit), what_(std::move(what)), transfer_(transfer) {}
  ~BlobIntake();

  // Stages the blob, with whatever an earlier run left behind. After a finish() that failed, again without that.
  Result<> begin();

  // An earlier run left something of it.
  bool resumed() const noexcept { return resumed_; }

  // The first range of bytes at or after `from` that are not there. Empty at the end.
  Range missing(std::uint64_t from) const noexcept { return done_.first_gap(from, what_.size); }

  // Of the bytes at `offset` on, writes those that are missing.
  Result<> write(std::uint64_t offset, std::span<const std::byte> data);

  // All bytes are there: the blob, for Store::commit(). Errc::corrupt when they are not the right ones; they are thrown
  // away then.
  Result<Finished> finish();

 private:
  std::uint64_t lead() const noexcept;
  Result<> write_piece(std::uint64_t offset, std::span<const std::byte> data);
  Result<> checkpoint();

  const Context& ctx_;
  const Toolkit& toolkit_;
  const Descriptor what_;
  Transfer& transfer_;
  RangeSet done_;
  bool resumed_ = false;
  std::uint64_t since_checkpoint_ = 0;
  std::unique_ptr<StagedObject> staged_;
  std::optional<PrefixVerifier> verifier_;  // after staged_: reads from it
};

}  // namespace regtool
