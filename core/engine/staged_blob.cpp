#include "engine/staged_blob.hpp"

namespace regtool {

Result<StagedBlob> stage_blob(const Context& ctx, const Toolkit& toolkit, const Descriptor& what) {
  REGTOOL_TRY_ASSIGN(auto staged, toolkit.blobs.stage(ctx, what));
  if (staged->facts().rereadable()) {
    REGTOOL_TRY_ASSIGN(auto verification, Verification::begin(toolkit.verifier, what));
    return StagedBlob{std::move(staged), std::move(verification)};
  }
  const auto& hashed = staged->facts().hashed;
  auto verification = Verification::resume(toolkit.verifier, what, hashed.value_or(HashState()));
  if (verification) return StagedBlob{std::move(staged), std::move(*verification)};
  if (!hashed) return fail(std::move(verification).error());
  ctx.console.debug("blob " + std::string(what.digest.brief()) + " begins again: " + verification.error().message);
  staged->discard();
  REGTOOL_TRY_ASSIGN(staged, toolkit.blobs.stage(ctx, what));
  REGTOOL_TRY_ASSIGN(auto afresh, Verification::resume(toolkit.verifier, what, HashState()));
  return StagedBlob{std::move(staged), std::move(afresh)};
}

}  // namespace regtool
