#include "engine/chunk_repair.hpp"

namespace regtool {

Result<RangeSet> ChunkRepair::find(const Context& ctx, const StagedObject& staged) {
  if (!sums_) REGTOOL_TRY(ask(ctx));
  if (sums_->empty()) return RangeSet();
  REGTOOL_TRY_ASSIGN(auto damaged, damaged_chunks(ctx, verifier_, staged, *sums_));
  if (damaged.count() > worthwhile_) return RangeSet();
  worthwhile_ = damaged.count() / 2;
  return damaged;
}

Result<> ChunkRepair::ask(const Context& ctx) {
  auto told = client_.chunk_sums(ctx, what_);
  if (!told) {
    if (told.error().code == Errc::cancelled) return fail(std::move(told).error());
    ctx.console.debug(told.error().message);
  }
  sums_ = std::move(told).value_or(std::vector<ChunkSum>());
  return {};
}

}  // namespace regtool
