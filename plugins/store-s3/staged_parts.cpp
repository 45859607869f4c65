#include "staged_parts.hpp"

#include <algorithm>

namespace regtool {

Result<std::unique_ptr<StagedBlob>> StagedParts::make(const Context& ctx, const void* owner, const Descriptor& what,
                                                      const PartPlan& plan, const Staging& shared,
                                                      std::optional<ClaimedUpload> claimed) {
  REGTOOL_TRY_ASSIGN(auto file, SpoolFile::make(shared.spool, plan));
  return std::unique_ptr<StagedBlob>(
      new StagedParts(ctx, owner, what, plan, shared, std::move(file), std::move(claimed)));
}

StagedParts::StagedParts(const Context& ctx, const void* owner, const Descriptor& what, const PartPlan& plan,
                         const Staging& shared, std::unique_ptr<SpoolFile> file, std::optional<ClaimedUpload> claimed)
    : StagedBlob(owner, what),
      given_(ctx),
      stop_with_(ctx.stop, [this] { stop_.request_stop(); }),
      ctx_{stop_.get_token(), ctx.clock, ctx.console},
      plan_(plan),
      shared_(shared),
      file_(std::move(file)),
      claimed_(std::move(claimed)),
      facts_{.window = file_->window(), .hash_states_every = plan_.part_size()} {
  state_.parts.resize(plan_.count());
  if (!claimed_) return;
  upload_ = shared_.unfinished.upload_of(*claimed_);
  if (claimed_->parts.empty()) return;
  facts_.hashed = claimed_->record.hashed;
  facts_.resumed.add({0, facts_.hashed->bytes});
  state_.written = facts_.resumed;
  state_.hashed = facts_.hashed->bytes;
  state_.uploaded = state_.held_from = saved_ = claimed_->parts.size();
  for (std::size_t i = 0; i < saved_; ++i) state_.parts[i] = {{}, true, claimed_->parts[i].etag};
}

StagedParts::~StagedParts() {
  end_jobs();
  if (!over_ && claimed_ && saved_ == 0) shared_.unfinished.abort(shared_.after_stop.context(given_), *claimed_);
}

Result<> StagedParts::write_at(std::uint64_t offset, std::span<const std::byte> data) noexcept {
  if (offset > what().size || data.size() > what().size - offset) {
    return fail(Errc::invalid_argument, "a write past the end of the blob");
  }
  while (!data.empty()) {
    const auto index = plan_.index_at(offset);
    const auto part = plan_.part(index);
    const auto piece = data.first(std::min<std::uint64_t>(data.size(), part.end() - offset));
    REGTOOL_TRY_ASSIGN(const auto slot, slot_for(index));
    REGTOOL_TRY(file_->write_at(slot, offset - part.first, piece));
    wrote(index, {offset, piece.size()});
    data = data.subspan(piece.size());
    offset += piece.size();
  }
  return {};
}

Result<SpoolFile::Slot> StagedParts::slot_for(std::size_t index) {
  std::unique_lock lock(shared_.spool.mutex());
  auto& part = state_.parts[index];
  const auto ready = [&] { return state_.failure || part.complete || find_room(index); };
  if (!shared_.spool.changed().wait(lock, given_.stop, ready)) return fail(Errc::cancelled, "cancelled");
  if (state_.failure) return fail(*state_.failure);
  if (part.complete) return fail(Errc::invalid_argument, "a write to bytes that were written before");
  return *part.slot;
}

// With the spool's mutex held. The first part that is held always has room: whoever waits for room in a later one waits
// for it to be done with, and it needs nobody else's.
bool StagedParts::find_room(std::size_t index) noexcept {
  auto& slot = state_.parts[index].slot;
  if (!slot) slot = file_->take(index == state_.held_from);
  return slot.has_value();
}

void StagedParts::wrote(std::size_t index, Range range) {
  {
    const std::lock_guard lock(shared_.spool.mutex());
    auto& part = state_.parts[index];
    state_.written.add(range);
    if (part.complete || !state_.written.contains(plan_.part(index))) return;
    part.complete = true;
    ++state_.jobs;
  }
  shared_.pool.add([this, index] { upload(index); });
}

// On a thread of the pool.
void StagedParts::upload(std::size_t index) noexcept {
  auto etag = put(index);
  const std::lock_guard lock(shared_.spool.mutex());
  --state_.jobs;
  if (etag) {
    auto& parts = state_.parts;
    parts[index].etag = std::move(*etag);
    while (state_.uploaded < parts.size() && !parts[state_.uploaded].etag.empty()) ++state_.uploaded;
    release(index);
  } else if (!state_.failure) {
    state_.failure = std::move(etag).error();
  }
  shared_.spool.changed().notify_all();
}

Result<std::string> StagedParts::put(std::size_t index) {
  SpoolFile::Slot slot = 0;
  {
    const std::lock_guard lock(shared_.spool.mutex());
    if (state_.failure) return fail(*state_.failure);
    slot = *state_.parts[index].slot;
  }
  if (ctx_.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
  REGTOOL_TRY_ASSIGN(const auto* upload, begun());
  const auto source = file_->source(slot, plan_.part(index).length);
  return shared_.unfinished.uploads().put_part(ctx_, *upload, static_cast<unsigned>(index + 1), *source);
}

// The first part that is whole begins the upload: what never gets so far costs no request. To end in the middle of it
// would leave an upload behind that nobody knows of.
Result<const S3Upload*> StagedParts::begun() {
  const std::lock_guard lock(begin_mutex_);
  if (!upload_) {
    REGTOOL_TRY_ASSIGN(claimed_, shared_.unfinished.begin(given_, what(), plan_.part_size()));
    upload_ = shared_.unfinished.upload_of(*claimed_);
  }
  return &*upload_;
}

Result<std::size_t> StagedParts::read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept {
  if (offset >= what().size) return 0;
  const auto index = plan_.index_at(offset);
  const auto part = plan_.part(index);
  std::optional<SpoolFile::Slot> slot;
  {
    const std::lock_guard lock(shared_.spool.mutex());
    slot = state_.parts[index].slot;
  }
  if (!slot) return fail(Errc::unsupported, "bytes that were read before are gone");
  const auto wanted = out.first(std::min<std::uint64_t>(out.size(), part.end() - offset));
  REGTOOL_TRY_ASSIGN(const auto count, file_->read_at(*slot, offset - part.first, wanted));
  const std::lock_guard lock(shared_.spool.mutex());
  if (offset <= state_.hashed && state_.hashed < offset + count) {
    state_.hashed = offset + count;
    release(index);
  }
  return count;
}

// With the spool's mutex held. Its bytes are needed until they are both uploaded and read back.
void StagedParts::release(std::size_t index) const noexcept {
  auto& part = state_.parts[index];
  if (!part.slot || part.etag.empty() || state_.hashed < plan_.part(index).end()) return;
  file_->give_back(*part.slot);
  part.slot.reset();
  const auto is_done = [](const Part& one) { return !one.slot && !one.etag.empty(); };
  while (state_.held_from < state_.parts.size() && is_done(state_.parts[state_.held_from])) ++state_.held_from;
  shared_.spool.changed().notify_all();
}

// Until so many parts are uploaded.
Result<> StagedParts::await_uploads(std::size_t count, const std::stop_token& stop) const {
  std::unique_lock lock(shared_.spool.mutex());
  const auto ready = [&] { return state_.failure || state_.uploaded >= count; };
  if (!shared_.spool.changed().wait(lock, stop, ready)) return fail(Errc::cancelled, "cancelled");
  if (state_.uploaded >= count) return {};
  return fail(*state_.failure);
}

std::vector<S3Part> StagedParts::uploaded_parts(std::size_t count) const {
  const std::lock_guard lock(shared_.spool.mutex());
  std::vector<S3Part> parts;
  for (std::size_t i = 0; i < count; ++i) {
    parts.push_back({static_cast<unsigned>(i + 1), state_.parts[i].etag, plan_.part(i).length});
  }
  return parts;
}

Result<> StagedParts::checkpoint(const RangeSet&, const std::optional<HashState>& hashed) noexcept {
  const auto wanted = hashed ? hashed->bytes / plan_.part_size() : 0;
  if (wanted <= saved_) return {};
  if (hashed->bytes % plan_.part_size() != 0) {
    return fail(Errc::invalid_argument, "a hash state that is not at the end of a part");
  }
  states_.push_back(*hashed);
  auto outcome = await_uploads(wanted, given_.stop);
  std::size_t uploaded = 0;
  {
    const std::lock_guard lock(shared_.spool.mutex());
    uploaded = state_.uploaded;
  }
  // Where not all of them came so far, those of an earlier checkpoint may have.
  std::optional<HashState> best;
  while (!states_.empty() && states_.front().bytes / plan_.part_size() <= uploaded) {
    best = std::move(states_.front());
    states_.pop_front();
  }
  if (best) REGTOOL_TRY(save(*best));
  return outcome;
}

Result<> StagedParts::save(const HashState& hashed) {
  const auto count = static_cast<std::size_t>(hashed.bytes / plan_.part_size());
  REGTOOL_TRY(shared_.unfinished.save(shared_.after_stop.context(given_), *claimed_, hashed, uploaded_parts(count)));
  saved_ = count;
  return {};
}

void StagedParts::end_jobs() noexcept {
  stop_.request_stop();
  std::unique_lock lock(shared_.spool.mutex());
  shared_.spool.changed().wait(lock, [this] { return state_.jobs == 0; });
}

void StagedParts::discard() noexcept {
  end_jobs();
  if (!over_ && claimed_) shared_.unfinished.abort(shared_.after_stop.context(given_), *claimed_);
  over_ = true;
}

Result<> StagedParts::publish(const Context& ctx) {
  REGTOOL_TRY(await_uploads(plan_.count(), ctx.stop));
  const auto parts = uploaded_parts(plan_.count());
  REGTOOL_TRY_ASSIGN(const bool completed, shared_.unfinished.uploads().complete(ctx, *upload_, parts));
  if (!completed) REGTOOL_TRY(find_completed(ctx));
  over_ = true;
  shared_.unfinished.forget(ctx, *claimed_);
  return {};
}

// The upload is gone. It may have been completed all the same: by an answer that was lost, or by somebody who took it
// over. Whoever completed it had the proof.
Result<> StagedParts::find_completed(const Context& ctx) {
  const auto& unfinished = shared_.unfinished;
  REGTOOL_TRY_ASSIGN(const auto there, unfinished.objects().head(ctx, upload_->key));
  if (there && there->verified == what().digest.text() && there->size == what().size) return {};
  saved_ = 0;  // there is nothing to resume
  return fail(Errc::unavailable, "the upload of " + what().digest.text() + " was taken away; try again");
}

}  // namespace regtool
