#include "engine/chunk_sums.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <optional>

namespace regtool {
namespace {

constexpr std::uint64_t buffer_size = 1 << 20;

// Takes a word off the front; empty at the end.
std::string_view take_word(std::string_view& text) {
  constexpr std::string_view space = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  const auto word = text.substr(0, text.find_first_of(space));
  text.remove_prefix(word.size());
  return word;
}

std::optional<Range> parse_range(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto first = parse_number(text.substr(0, dash)), last = parse_number(text.substr(dash + 1));
  // The largest number has no successor to end at.
  if (!first || !last || *last < *first || *last + 1 == 0) return std::nullopt;
  return Range{*first, *last - *first + 1};
}

Result<bool> is_good(const Context& ctx, Verifier& verifier, const StagedObject& staged, const ChunkSum& sum,
                     std::span<std::byte> buffer) {
  REGTOOL_TRY_ASSIGN(auto verification, Verification::begin(verifier, {sum.digest, sum.range.length}));
  for (auto at = sum.range.first; at < sum.range.end();) {
    if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    const auto wanted = buffer.first(std::min<std::uint64_t>(buffer.size(), sum.range.end() - at));
    REGTOOL_TRY_ASSIGN(const auto count, staged.read_at(at, wanted));
    if (count == 0) return fail(Errc::io, "bytes that were written are gone");
    verification.update(wanted.first(count));
    at += count;
  }
  const auto proof = verification.finish();
  if (!proof && proof.error().code != Errc::corrupt) return fail(proof.error());
  return proof.has_value();
}

}  // namespace

Result<std::vector<ChunkSum>> parse_chunk_sums(std::string_view text, std::uint64_t size) {
  std::vector<ChunkSum> sums;
  std::uint64_t end = 0;
  const auto refuse = [&](std::string_view why) {
    return fail(Errc::protocol, "chunksums, pair " + std::to_string(sums.size() + 1) + ": " + std::string(why));
  };
  for (auto word = take_word(text); !word.empty(); word = take_word(text)) {
    auto digest = Digest::parse(word);
    if (!digest) return refuse("not a digest");
    const auto range = parse_range(take_word(text));
    if (!range) return refuse("not a range");
    if (range->first != end) return refuse("does not begin where the last one ended");
    if (range->length > size - end) return refuse("goes beyond the blob's end");
    end = range->end();
    sums.push_back({std::move(*digest), *range});
  }
  if (end != size) return refuse("is missing");
  return sums;
}

Result<RangeSet> damaged_chunks(const Context& ctx, Verifier& verifier, const StagedObject& staged,
                                const std::vector<ChunkSum>& sums) {
  RangeSet damaged;
  std::vector<std::byte> buffer(buffer_size);
  for (const auto& sum : sums) {
    REGTOOL_TRY_ASSIGN(const auto good, is_good(ctx, verifier, staged, sum, buffer));
    if (!good) damaged.add(sum.range);
  }
  return damaged;
}

}  // namespace regtool
