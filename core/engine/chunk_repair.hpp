#pragma once
// What of a blob to fetch again when its digest was wrong.

#include "engine/chunk_sums.hpp"
#include "engine/registry_client.hpp"

#include <optional>

namespace regtool {

// Asks for chunksums at the first need, and never again. Used by one thread at a time.
class ChunkRepair {
 public:
  // `client` and `verifier` outlive this.
  ChunkRepair(RegistryClient& client, Verifier& verifier, Descriptor what)
      : client_(client), verifier_(verifier), what_(std::move(what)), worthwhile_(what_.size / 2) {}

  // The chunks to fetch again; empty where that has to be the whole blob: the registry has no chunksums, or finds no
  // fault, or finds too many. What it says is never more than a hint: chunks are only worth it if each time at most
  // half as many bytes are bad, so whatever it says, they cost less than the blob. An error: bytes could not be
  // read back, or cancelled.
  Result<RangeSet> find(const Context& ctx, const StagedObject& staged);

 private:
  Result<> ask(const Context& ctx);

  RegistryClient& client_;
  Verifier& verifier_;
  const Descriptor what_;
  std::uint64_t worthwhile_;                   // how many bad bytes, at most
  std::optional<std::vector<ChunkSum>> sums_;  // once asked for; empty where there are none
};

}  // namespace regtool
