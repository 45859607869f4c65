#include "engine/blob_download.hpp"

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

// Splitting costs a connection, a request, and what the old connection still delivers. At least a buffer stays with the
// part that is split, so that what its fetcher is just writing is never given away.
constexpr std::uint64_t split_minimum = 4 * mib;
static_assert(split_minimum >= buffer_size);

// What a kill may cost.
constexpr std::uint64_t checkpoint_every = 8 * mib;

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
                           Transfer& transfer, std::function<void()> opened_up)
    : ctx_(ctx),
      toolkit_(toolkit),
      layer_(std::move(layer)),
      transfer_(transfer),
      reader_(client, layer_.blob),
      opened_up_(std::move(opened_up)) {}

Result<> BlobDownload::begin() {
  REGTOOL_TRY(restage());
  transfer_.resume(work_->done().count());
  transfer_.enter(TransferState::moving);
  return {};
}

// Only called while no part is running.
Result<> BlobDownload::restage() {
  const auto size = layer_.blob.size;
  REGTOOL_TRY_ASSIGN(auto verification, Verification::begin(toolkit_.verifier, layer_.blob));
  const std::lock_guard staged_lock(staged_mutex_);
  verifier_.reset();
  REGTOOL_TRY_ASSIGN(staged_, toolkit_.blobs.stage(ctx_, layer_.blob));
  auto resumed = staged_->resumed();
  verifier_.emplace(*staged_, std::move(verification), size);
  if (size > hash_alongside_from) verifier_->start();
  verifier_->grown(resumed.prefix());
  const std::lock_guard lock(mutex_);
  resumed_prefix_ = resumed.prefix();
  work_.emplace(size, std::move(resumed));
  probing_ = true;
  verifying_ = false;
  since_checkpoint_ = 0;
  return {};
}

std::optional<BlobDownload::Part> BlobDownload::take(std::uint64_t part_size) {
  const std::lock_guard lock(mutex_);
  if (verifying_ || ((probing_ || sequential_) && !work_->idle())) return std::nullopt;
  if (sequential_) part_size = work_->size();
  // A hash that will not catch up is no reason to wait: fetch() tells why.
  const auto hashed = std::max(verifier_->hashed(), resumed_prefix_);
  const auto limit = verifier_->health() ? hashed + window : work_->size();
  return work_->take(part_size, limit);
}

std::optional<BlobDownload::Part> BlobDownload::split(std::uint64_t minimum) {
  const std::lock_guard lock(mutex_);
  if (verifying_ || probing_ || sequential_) return std::nullopt;
  return work_->split(std::max(minimum, split_minimum));
}

Result<> BlobDownload::fetch(const Part& part) {
  Retrier retrier(ctx_, toolkit_.settings);
  auto outcome = verifier_->health();
  while (outcome && !left(part).empty()) {
    outcome = fetch_once(part, retrier);
    if (!outcome) outcome = retrier.failed(std::move(outcome).error());
  }
  const std::lock_guard lock(mutex_);
  work_->release(part.id);
  if (!outcome) return fail(describe(std::move(outcome).error()));
  return {};
}

Result<> BlobDownload::fetch_once(const Part& part, Retrier& retrier) {
  const auto range = left(part);
  REGTOOL_TRY_ASSIGN(auto stream, reader_.open(ctx_, range));
  const bool ignores_ranges =
      stream.first == 0 && range != Range{0, layer_.blob.size} && stream.response->status() == 200;
  heard_from_registry(part, ignores_ranges);
  return copy(part, std::move(stream), retrier);
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

Result<> BlobDownload::copy(const Part& part, BlobStream stream, Retrier& retrier) {
  std::vector<std::byte> buffer(buffer_size);
  const auto asked = left(part);
  auto at = asked.first;
  REGTOOL_TRY(skip(*stream.response, at - stream.first, buffer));
  // A split may end the part sooner than it began.
  for (auto ahead = left(part); !ahead.empty(); ahead = left(part)) {
    const auto wanted = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), ahead.length));
    REGTOOL_TRY_ASSIGN(const auto count, stream.response->read(wanted));
    if (count == 0) return fail(Errc::unavailable, "the answer ended before all bytes were there");
    fetched_ += count;
    REGTOOL_TRY(staged_->write_at(at, wanted.first(count)));
    at += count;
    wrote(part, count);
    retrier.progress();
  }
  // Reading up to the end lets the connection be used again.
  std::byte end[1];
  if (at == asked.end()) (void)stream.response->read(end);
  return {};
}

void BlobDownload::wrote(const Part& part, std::uint64_t count) {
  std::uint64_t prefix = 0, done = 0;
  {
    const std::lock_guard lock(mutex_);
    work_->wrote(part.id, count);
    prefix = work_->done().prefix();
    done = work_->done().count();
  }
  since_checkpoint_ += count;
  transfer_.settle(done);
  verifier_->grown(prefix);
}

Range BlobDownload::left(const Part& part) const {
  const std::lock_guard lock(mutex_);
  return work_->left(part.id);
}

bool BlobDownload::ready_to_verify() {
  const std::lock_guard lock(mutex_);
  if (verifying_ || !work_->complete() || !work_->idle()) return false;
  verifying_ = true;
  return true;
}

Result<std::optional<Finished>> BlobDownload::verify() {
  transfer_.enter(TransferState::verifying);
  auto proof = verifier_->finish(ctx_.stop);
  if (!proof && proof.error().code == Errc::corrupt && refetches_ < max_refetches) {
    ++refetches_;
    ctx_.console.warn(describe(std::move(proof).error()).message + "; fetching it again");
    {
      const std::lock_guard lock(staged_mutex_);
      staged_->discard();
    }
    REGTOOL_TRY(restage());
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
  return staged_->checkpoint(done);
}

Error BlobDownload::describe(Error error) const {
  return std::move(error).in(layer_.label() + " " + std::string(layer_.blob.digest.brief()));
}

}  // namespace regtool
