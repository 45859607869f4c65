#include "engine/blob_intake.hpp"

#include "engine/staged_blob.hpp"

#include <algorithm>

namespace regtool {
namespace {

constexpr std::uint64_t mib = 1 << 20;

// A smaller blob is hashed at its end: a thread of its own would cost more than it saves.
constexpr std::uint64_t hash_alongside_from = 8 * mib;

// How far the bytes may run ahead of the hash: beyond that, they would have left the page cache when it comes to them.
constexpr std::uint64_t longest_lead = 512 * mib;

// What a kill may cost.
constexpr std::uint64_t checkpoint_every = 32 * mib;

}  // namespace

BlobIntake::~BlobIntake() {
  if (!staged_ || since_checkpoint_ == 0) return;
  if (auto kept = checkpoint(); !kept) ctx_.console.debug(kept.error().message);
}

Result<> BlobIntake::begin() {
  REGTOOL_TRY_ASSIGN(auto blob, stage_blob(ctx_, toolkit_, what_));
  staged_ = std::move(blob.staged);
  done_ = staged_->facts().resumed;
  resumed_ = !done_.empty();
  since_checkpoint_ = 0;
  verifier_.emplace(*staged_, std::move(blob.verification), what_.size);
  if (what_.size > std::min(hash_alongside_from, lead())) verifier_->start();
  verifier_->grown(done_.prefix());
  transfer_.resume(done_.count());
  transfer_.enter(TransferState::moving);
  return {};
}

std::uint64_t BlobIntake::lead() const noexcept { return std::min(longest_lead, staged_->facts().window); }

Result<> BlobIntake::write(std::uint64_t offset, std::span<const std::byte> data) {
  const auto end = offset + data.size();
  for (auto gap = missing(offset); !gap.empty() && gap.first < end; gap = missing(gap.first)) {
    gap.length = std::min({gap.end() - gap.first, end - gap.first, lead()});
    REGTOOL_TRY(write_piece(gap.first, data.subspan(gap.first - offset, gap.length)));
  }
  return {};
}

Result<> BlobIntake::write_piece(std::uint64_t offset, std::span<const std::byte> data) {
  if (const auto end = offset + data.size(); end > lead()) verifier_->await(end - lead(), ctx_.stop);
  if (ctx_.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
  REGTOOL_TRY(verifier_->health());
  REGTOOL_TRY(staged_->write_at(offset, data));
  done_.add({offset, data.size()});
  verifier_->grown(done_.prefix());
  transfer_.settle(done_.count());
  since_checkpoint_ += data.size();
  return since_checkpoint_ < checkpoint_every ? Result<>() : checkpoint();
}

Result<> BlobIntake::checkpoint() {
  since_checkpoint_ = 0;
  return staged_->checkpoint(done_, verifier_->state());
}

Result<Finished> BlobIntake::finish() {
  transfer_.enter(TransferState::verifying);
  auto proof = verifier_->finish(ctx_.stop);
  if (!proof && proof.error().code != Errc::corrupt) return fail(std::move(proof).error());
  verifier_.reset();
  since_checkpoint_ = 0;
  if (!proof) {
    staged_->discard();
    staged_.reset();
    return fail(std::move(proof).error());
  }
  transfer_.enter(TransferState::finished);
  return Finished{std::move(staged_), std::move(*proof)};
}

}  // namespace regtool
