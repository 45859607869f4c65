#include "engine/blob_sink.hpp"

#include "engine/bring_model.hpp"

namespace regtool {

Result<> BlobSink::take(const Context& ctx, const Layer& blob, const Fill& fill, bool repeatable) {
  return take_in(ctx, blob, fill, repeatable).map_error([&](Error error) {
    return std::move(error).in(blob.label() + " " + std::string(blob.blob.digest.brief()));
  });
}

Result<> BlobSink::take_in(const Context& ctx, const Layer& blob, const Fill& fill, bool repeatable) {
  auto& transfer = to_.progress.add(blob.label(), blob.blob);
  transfer.enter(TransferState::checking);
  REGTOOL_TRY_ASSIGN(const bool there, has_good_blob(ctx, to_, blob.blob));
  if (there) {
    transfer.enter(TransferState::present);
    return {};
  }
  BlobIntake intake(ctx, to_, blob.blob, transfer);
  REGTOOL_TRY_ASSIGN(auto finished, filled(intake, fill, repeatable));
  {
    const std::lock_guard lock(mutex_);
    taken_.emplace(blob.blob.digest, blob.blob.size);
  }
  return batch_.add(ctx, std::move(finished));
}

Result<Finished> BlobSink::filled(BlobIntake& intake, const Fill& fill, bool repeatable) {
  REGTOOL_TRY(intake.begin());
  const bool resumed = intake.resumed();
  REGTOOL_TRY(fill(intake));
  auto finished = intake.finish();
  if (finished || finished.error().code != Errc::corrupt || !resumed) return finished;
  if (!repeatable) return fail(std::move(finished).error().in("begun by an earlier run; run the same command again"));
  REGTOOL_TRY(intake.begin());
  REGTOOL_TRY(fill(intake));
  return intake.finish();
}

void BlobSink::keep(const Context& ctx) noexcept {
  if (auto kept = flush({{}, ctx.clock, ctx.console}); !kept) ctx.console.debug(kept.error().message);
}

}  // namespace regtool
