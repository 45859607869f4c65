#include "engine/hash_source.hpp"

#include <vector>

namespace regtool {

Result<Verified> hash_source(const Context& ctx, Verifier& verifier, const Descriptor& expected, const Source& source,
                             const std::function<void(std::uint64_t)>& hashed) {
  REGTOOL_TRY_ASSIGN(auto verification, Verification::begin(verifier, expected));
  std::vector<std::byte> buffer(std::min<std::uint64_t>(1 << 20, source.size() + 1));
  for (std::uint64_t at = 0;;) {
    if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    REGTOOL_TRY_ASSIGN(const auto count, source.read_at(at, buffer));
    if (count == 0) return verification.finish();
    verification.update(std::span(buffer).first(count));
    at += count;
    if (hashed) hashed(at);
  }
}

}  // namespace regtool
