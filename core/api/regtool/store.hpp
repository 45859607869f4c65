#pragma once
// Content-addressed blobs. Compare oras-go's content.Storage and ccache's AtomicFile: explicit commit, and a destructor
// never publishes. Names that point to manifests are in refs.hpp.

#include <regtool/context.hpp>
#include <regtool/source.hpp>
#include <regtool/verify.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace regtool {

// A published blob, open for reading. It stays readable after a remove(), or, where the storage is far away, fails as
// Errc::not_found; its bytes are never those of another version.
class Blob : public Source {
 public:
  // True if the store knows, without reading it, that these are the bytes that were once verified: nobody else has
  // touched them since. False means nothing but that they must be hashed before they are relied upon.
  virtual bool trusted() const noexcept = 0;

  // Records that they were hashed and found good, so that trusted() holds from now on. Best effort. Thread-safe.
  virtual void trust(const Verified& proof) noexcept = 0;
};

// What a staged blob is like when it is given out.
struct StagedFacts {
  // What an earlier run, or Ollama's own client, left behind. Not yet verified.
  RangeSet resumed{};

  // A store that sends bytes on to where they cannot be read back sets the three that follow.

  // Where the hash of the first bytes of `resumed` stood: they cannot be read back.
  std::optional<HashState> hashed{};

  // Bytes: write_at() may wait for whoever hashes when it is further ahead of them than that.
  std::uint64_t window = std::numeric_limits<std::uint64_t>::max();

  // Bytes: checkpoint() wants the hash states at multiples of this; 0: it wants none.
  std::uint64_t hash_states_every = 0;

  // What was read back once is still there to be read again.
  bool rereadable() const noexcept { return hash_states_every == 0; }
};

// A blob being written: invisible until Store::commit(). If only destroyed, it is kept for a later run to resume.
class StagedObject {
 public:
  virtual ~StagedObject() = default;

  // Constant.
  virtual const StagedFacts& facts() const noexcept = 0;

  // Any order. Thread-safe for ranges that do not overlap. Writes all of `data` or fails: Errc::no_space, Errc::io;
  // Errc::cancelled when it had to wait and the stop of the Context that was given to stage() was requested.
  virtual Result<> write_at(std::uint64_t offset, std::span<const std::byte> data) noexcept = 0;

  // Reads back bytes that write_at() accepted or facts() names. Thread-safe, alongside write_at() too. Unless
  // facts().rereadable(), in order from facts().hashed on and by one thread: Errc::unsupported for what is gone.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept = 0;

  // Makes the bytes of `done` durable, and then the fact, so that facts() reports at least them after a crash: all of
  // them, or, if not facts().rereadable(), the first ones up to `hashed`, the latest of the hash states it wants.
  // Called by one thread at a time, alongside writes outside `done`.
  virtual Result<> checkpoint(const RangeSet& done, const std::optional<HashState>& hashed) noexcept = 0;

  // Forgets everything written, on disk too. Nothing else may be called afterwards.
  virtual void discard() noexcept = 0;
};

// A staged blob with the proof that it is whole.
struct Finished {
  std::unique_ptr<StagedObject> staged;
  Verified proof;
};

struct BlobInfo {
  Digest digest;
  std::uint64_t size = 0;  // bytes
  std::chrono::system_clock::time_point modified{};
};

// Blobs by digest. Thread-safe, and safe alongside other processes on the same storage. Outlives what it gave.
class Store {
 public:
  virtual ~Store() = default;

  // The blob, or null when the store does not have it. Clock and console of `ctx` outlive what it gives.
  virtual Result<std::unique_ptr<Blob>> open(const Context& ctx, const Digest& digest) noexcept = 0;

  // Begins or resumes a blob. Two stagers of one digest, in one process or two, never see each other's bytes. Clock and
  // console of `ctx` outlive what it gives.
  virtual Result<std::unique_ptr<StagedObject>> stage(const Context& ctx, const Descriptor& what) noexcept = 0;

  // Publishes: after it returns, every reader sees all bytes of each, durably; before, none. Replaces a blob of that
  // digest. Takes many so that a store can make many small blobs durable at once; on failure some may have
  // been published: those whose `staged` is null then.
  virtual Result<> commit(const Context& ctx, std::span<Finished> blobs) noexcept = 0;

  // True if there was something to remove.
  virtual Result<bool> remove(const Context& ctx, const Digest& digest) noexcept = 0;

  // Every published blob, in the order of their digests. Files of other programs are passed over.
  virtual Result<std::vector<BlobInfo>> list(const Context& ctx) noexcept = 0;
};

}  // namespace regtool
