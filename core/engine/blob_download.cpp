#include "engine/blob_download.hpp"

#include "engine/staged_blob.hpp"

#include <algorithm>
#include <vector>

namespace regtool {
namespace {

constexpr std::uint64_t kib = 1024, mib = 1024 * kib;

constexpr std::size_t buffer_size = 512 * kib;

// A blob of one part is hashed by whoever fetched it; a thread of its own would cost more than it saves.
constexpr std::uint64_t hash_alongside_from = 8 * mib;

// How far the bytes may run ahead of the hash: beyond that, they would have left the page cache when it comes to them.
constexpr std::uint64_t window = 512 * mib;

// What a kill may cost.
constexpr std::uint64_t checkpoint_every = 8 * mib;

// After that, what gives no byte is as good as dead as long as there is another connection with nothing to do.
constexpr std::chrono::seconds patience_with_silence{2};

// A registry whose copy is bad gives the same bytes again; a bad path between gives other ones.
constexpr unsigned max_refetches = 2;

Result<> skip(Response& response, std::uint64_t count, std::span<std::byte> buffer) {
  while (count > 0) {
    const auto wanted = buffer.first(std::min<std::uint64_t>(buffer.size(), count));
    REGTOOL_TRY_ASSIGN(const auto skipped, response.read(wanted));
    if (skipped == 0) return fail(Errc::unavailable, "the answer ended before all bytes were there");
    count -= skipped;
  }
  return {};
}

}  // namespace

BlobDownload::BlobDownload(const Context& ctx, const Toolkit& toolkit, RegistryClient& client, Layer layer,
                           Transfer& transfer, ConnectionSpeeds& speeds, std::function<void()> opened_up)
    : ctx_(ctx),
      toolkit_(toolkit),
      layer_(std::move(layer)),
      transfer_(transfer),
      speeds_(speeds),
      reader_(client, layer_.blob),
      opened_up_(std::move(opened_up)),
      repair_(client, toolkit.verifier, layer_.blob) {}

Result<> BlobDownload::begin() {
  REGTOOL_TRY(restage());
  transfer_.resume(work_->done().count());
  transfer_.enter(TransferState::moving);
  return {};
}

// Only called while no part is running. Throws away what was staged by this run.
Result<> BlobDownload::restage() {
  const std::lock_guard staged_lock(staged_mutex_);
  verifier_.reset();
  if (staged_) staged_->discard();
  REGTOOL_TRY_ASSIGN(auto fresh, stage_blob(ctx_, toolkit_, layer_.blob));
  staged_ = std::move(fresh.staged);
  probing_ = true;
  keep_staged(staged_->facts().resumed, std::move(fresh.verification));
  return {};
}

// The staged bytes count as far as `done` says.
void BlobDownload::keep_staged(RangeSet done, Verification verification) {
  const auto size = layer_.blob.size;
  verifier_.reset();
  verifier_.emplace(*staged_, std::move(verification), size);
  if (size > std::min(hash_alongside_from, staged_->facts().window)) verifier_->start();
  verifier_->grown(done.prefix());
  const std::lock_guard lock(mutex_);
  resumed_prefix_ = done.prefix();
  work_.emplace(size, std::move(done));
  verifying_ = false;
  since_checkpoint_ = 0;
}

std::optional<BlobDownload::Part> BlobDownload::take() {
  const std::lock_guard lock(mutex_);
  if (verifying_ || ((probing_ || sequential_) && !work_->idle())) return std::nullopt;
  const auto part_size = sequential_ ? work_->size() : speeds_.part_size();
  // A hash that will not catch up is no reason to wait: fetch() tells why.
  const auto hashed = std::max(verifier_->hashed(), resumed_prefix_);
  const auto limit = verifier_->health() ? hashed + std::min(window, staged_->facts().window) : work_->size();
  return begun(work_->take(part_size, limit));
}

std::optional<BlobDownload::Part> BlobDownload::share() {
  const std::lock_guard lock(mutex_);
  if (!toolkit_.settings.sharing || verifying_ || probing_ || sequential_) return std::nullopt;
  const auto now = ctx_.clock.now();
  const auto running = work_->running();
  std::vector<RunningPart> parts;
  parts.reserve(running.size());
  for (const auto& part : running) parts.push_back({part.open, part.arriving, fetches_.at(part.id)->rate(now)});
  const auto share = choose_share(parts, speeds_.typical());
  if (!share) return std::nullopt;
  const auto victim = running[share->index].id;
  const auto part = work_->split(victim, share->bytes);
  if (work_->left(victim).empty()) fetches_.at(victim)->stop.request_stop();
  return begun(part);
}

// With the lock held.
std::optional<BlobDownload::Part> BlobDownload::begun(std::optional<Part> part) {
  if (part) fetches_.emplace(part->id, std::make_shared<Fetch>(ctx_.clock.now()));
  return part;
}

BlobDownload::FetchPtr BlobDownload::fetch_of(const Part& part) const {
  const std::lock_guard lock(mutex_);
  return fetches_.at(part.id);
}

Result<> BlobDownload::fetch(const Part& part) {
  const auto fetch = fetch_of(part);
  const std::stop_callback stop_too(ctx_.stop, [&] { fetch->stop.request_stop(); });
  const Context ctx{fetch->stop.get_token(), ctx_.clock, ctx_.console};
  Retrier retrier(ctx, toolkit_.settings);
  auto outcome = verifier_->health();
  while (outcome && !left(part).empty()) {
    outcome = fetch_once(ctx, part, *fetch, retrier);
    if (!outcome) outcome = retrier.failed(std::move(outcome).error());
  }
  const std::lock_guard lock(mutex_);
  const auto left = work_->left(part.id);
  // Stopped, because others have it: that is as good as done.
  if (!outcome && left.empty() && !ctx_.stop.stop_requested()) outcome = {};
  work_->release(part.id);
  fetches_.erase(part.id);
  if (!outcome) return fail(describe(std::move(outcome).error()));
  return {};
}

Result<> BlobDownload::fetch_once(const Context& ctx, const Part& part, Fetch& fetch, Retrier& retrier) {
  const auto range = left(part);
  REGTOOL_TRY_ASSIGN(auto stream, reader_.open(ctx, range));
  const bool ignores_ranges =
      stream.first == 0 && range != Range{0, layer_.blob.size} && stream.response->status() == 200;
  heard_from_registry(part, ignores_ranges);
  return copy(part, fetch, std::move(stream), retrier);
}

void BlobDownload::heard_from_registry(const Part& part, bool whole_blob) {
  {
    const std::lock_guard lock(mutex_);
    if (whole_blob) {
      sequential_ = true;
      work_->extend(part.id);
    }
    if (!std::exchange(probing_, false)) return;
  }
  opened_up_();
}

Result<> BlobDownload::copy(const Part& part, Fetch& fetch, BlobStream stream, Retrier& retrier) {
  const auto began = ctx_.clock.now();
  const auto first = left(part).first;
  const auto measure = [&](std::optional<SpeedMeter> meter) {
    const std::lock_guard lock(mutex_);
    fetch.meter = meter;
    fetch.since = ctx_.clock.now();
  };
  measure(SpeedMeter(began));
  auto outcome = copy_measured(part, fetch, std::move(stream), retrier);
  measure(std::nullopt);
  speeds_.ended(&fetch, left(part).first - first, fetch.since - began);
  return outcome;
}

Result<> BlobDownload::copy_measured(const Part& part, Fetch& fetch, BlobStream stream, Retrier& retrier) {
  const auto began = ctx_.clock.now();
  const auto asked = left(part);
  // Not zeroed: for thousands of small blobs, that would be a good part of the work.
  const auto size = std::min<std::uint64_t>(buffer_size, asked.length);
  const auto memory = std::make_unique_for_overwrite<std::byte[]>(size);
  const std::span buffer(memory.get(), size);
  auto at = asked.first;
  REGTOOL_TRY(skip(*stream.response, at - stream.first, buffer));
  // Sharing may end the part sooner than it began.
  for (auto wanted = expect(part, fetch); wanted > 0; wanted = expect(part, fetch)) {
    REGTOOL_TRY_ASSIGN(const auto count, stream.response->read(buffer.first(std::min(wanted, size))));
    if (count == 0) return fail(Errc::unavailable, "the answer ended before all bytes were there");
    fetched_ += count;
    const auto mine = claim(part, count);
    REGTOOL_TRY(staged_->write_at(at, buffer.first(mine)));
    at += mine;
    const bool look = wrote(part, fetch, mine);
    retrier.progress();
    if (look && ctx_.clock.now() - began >= fetch.patience && speeds_.crawls(&fetch)) {
      fetch.patience *= 2;
      return fail(Errc::unavailable, "the connection is much slower than the others");
    }
  }
  // Reading up to the end lets the connection be used again.
  std::byte end[1];
  if (at == asked.end()) (void)stream.response->read(end);
  return {};
}

// How much to read next, 0 at the end: of what is slow, little, as it could not be given away any more.
std::uint64_t BlobDownload::expect(const Part& part, const Fetch& fetch) {
  const std::lock_guard lock(mutex_);
  const auto rate = fetch.rate(ctx_.clock.now());
  const auto soon =
      rate ? std::clamp<std::uint64_t>(static_cast<std::uint64_t>(*rate / 4), 16 * kib, buffer_size) : buffer_size;
  const auto wanted = std::min(soon, work_->left(part.id).length);
  work_->expect(part.id, wanted);
  return wanted;
}

std::uint64_t BlobDownload::claim(const Part& part, std::uint64_t count) {
  const std::lock_guard lock(mutex_);
  return work_->claim(part.id, count);
}

// True when it is time to look at the speed.
bool BlobDownload::wrote(const Part& part, Fetch& fetch, std::uint64_t count) {
  const auto now = ctx_.clock.now();
  std::uint64_t prefix = 0, done = 0;
  bool look = false;
  {
    const std::lock_guard lock(mutex_);
    work_->wrote(part.id, count);
    prefix = work_->done().prefix();
    done = work_->done().count();
    look = fetch.meter->add(now, count);
    if (look) speeds_.observe(&fetch, *fetch.meter->rate(now));
  }
  since_checkpoint_ += count;
  transfer_.settle(done);
  verifier_->grown(prefix);
  return look;
}

std::optional<double> BlobDownload::Fetch::rate(SpeedMeter::TimePoint now) const {
  if (meter) return meter->rate(now);
  // What has not begun by now has stalled.
  return now - since < patience_with_silence ? std::nullopt : std::optional<double>(0);
}

Range BlobDownload::left(const Part& part) const {
  const std::lock_guard lock(mutex_);
  return work_->left(part.id);
}

std::uint64_t BlobDownload::unhashed_bytes() const {
  const std::lock_guard lock(mutex_);
  if (verifying_) return 0;
  const auto hashed = verifier_->hashed();
  return std::max(work_->done().prefix(), hashed) - hashed;
}

bool BlobDownload::ready_to_verify() {
  const std::lock_guard lock(mutex_);
  if (verifying_ || !work_->complete() || !work_->idle()) return false;
  verifying_ = true;
  return true;
}

// False where all of it has to be fetched again.
Result<bool> BlobDownload::keep_good_chunks() {
  // A server that ignores ranges would send everything up to the chunk with it.
  if (sequential_ || !staged_->facts().rereadable()) return false;
  REGTOOL_TRY_ASSIGN(const auto damaged, repair_.find(ctx_, *staged_));
  if (damaged.empty()) return false;
  auto good = work_->done();
  for (const auto& range : damaged.ranges()) good.remove(range);
  REGTOOL_TRY_ASSIGN(auto verification, Verification::begin(toolkit_.verifier, layer_.blob));
  const std::lock_guard lock(staged_mutex_);
  keep_staged(std::move(good), std::move(verification));
  return true;
}

Result<std::optional<Finished>> BlobDownload::verify() {
  transfer_.enter(TransferState::verifying);
  auto proof = verifier_->finish(ctx_.stop);
  if (!proof && proof.error().code == Errc::corrupt && refetches_ < max_refetches) {
    const auto what = describe(std::move(proof).error()).message;
    REGTOOL_TRY_ASSIGN(const auto in_chunks, keep_good_chunks());
    ctx_.console.warn(what + (in_chunks ? "; fetching the damaged chunks again" : "; fetching it again"));
    if (!in_chunks) {
      ++refetches_;
      REGTOOL_TRY(restage());
    }
    transfer_.enter(TransferState::moving);
    return std::nullopt;
  }
  const std::lock_guard lock(staged_mutex_);
  if (!proof) {
    auto error = std::move(proof).error();
    // Bytes that could not be read, or were not hashed to the end, may be good: the next run will see.
    if (error.code != Errc::corrupt) return fail(describe(std::move(error)));
    staged_->discard();
    return fail(describe(std::move(error).in("not the bytes that the manifest says")));
  }
  verifier_.reset();
  // It may wait for others to be published with; to whom looks on, it is done.
  transfer_.enter(TransferState::finished);
  return Finished{std::move(staged_), std::move(*proof)};
}

Result<> BlobDownload::checkpoint(bool force) {
  const std::lock_guard staged_lock(staged_mutex_);
  const bool due = since_checkpoint_ >= (force ? 1 : checkpoint_every);
  if (!staged_ || !due) return {};
  RangeSet done;
  {
    const std::lock_guard lock(mutex_);
    if (verifying_) return {};
    done = work_->done();
    since_checkpoint_ = 0;
  }
  return staged_->checkpoint(done, verifier_->state());
}

Error BlobDownload::describe(Error error) const {
  return std::move(error).in(layer_.label() + " " + std::string(layer_.blob.digest.brief()));
}

}  // namespace regtool
