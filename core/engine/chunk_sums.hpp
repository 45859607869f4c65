#pragma once
// The digests of a blob's chunks, which some registries tell: with them, one damaged chunk costs one chunk.

#include <regtool/context.hpp>
#include <regtool/store.hpp>
#include <regtool/verify.hpp>

#include <string_view>
#include <vector>

namespace regtool {

struct ChunkSum {
  Digest digest;
  Range range;

  bool operator==(const ChunkSum&) const = default;
};

// Pairs of "sha256:<hex> <first>-<last>", set apart by white space: inclusive, in order, without a gap, from the first
// of `size` bytes to the last. Errc::protocol for anything else.
Result<std::vector<ChunkSum>> parse_chunk_sums(std::string_view text, std::uint64_t size);

// Reads back all chunks of `staged` and tells which are not what `sums` say. They say nothing about the whole: only its
// own digest does.
Result<RangeSet> damaged_chunks(const Context& ctx, Verifier& verifier, const StagedObject& staged,
                                const std::vector<ChunkSum>& sums);

}  // namespace regtool
