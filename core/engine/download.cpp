#include "engine/download.hpp"

#include "engine/blob_download.hpp"
#include "engine/hash_source.hpp"

#include <algorithm>
#include <condition_variable>
#include <thread>

namespace regtool {
namespace {

constexpr std::uint64_t mib = 1024 * 1024;

// How many blobs wait for each other to be made durable together: syncing a small file costs more than moving it. Each
// keeps a file open until then.
constexpr std::size_t commit_batch = 64;

// A larger blob does not wait.
constexpr std::uint64_t batched_up_to = 1 * mib;

// How many bytes to ask for at once, so that a request lasts about a second: shorter ones cost round trips, longer ones
// are lost when a connection breaks and cannot be shared out at the end. Thread-safe.
class PartSizer {
 public:
  std::uint64_t size() const noexcept { return std::clamp<std::uint64_t>(per_second_, 8 * mib, 64 * mib); }

  // A quarter of a second: what ends sooner by itself is left alone.
  std::uint64_t worth_splitting() const noexcept {
    return std::clamp<std::uint64_t>(per_second_ / 4, 4 * mib, 16 * mib);
  }

  void took(std::uint64_t bytes, std::chrono::steady_clock::duration time) noexcept {
    const auto seconds = std::max(std::chrono::duration<double>(time).count(), 0.001);
    const auto latest = static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds);
    // Smoothed, so that one slow connection does not speak for all. Two at once may lose one's say.
    per_second_ = (3 * per_second_ + latest) / 4;
  }

 private:
  std::atomic<std::uint64_t> per_second_{8 * mib};  // of one connection
};

// The workers and what they share.
class Downloader {
 public:
  Downloader(const Context& ctx, const Toolkit& toolkit, RegistryClient& client, const std::vector<Layer>& blobs)
      : stop_with_(ctx.stop, [this] { stop_.request_stop(); }),
        ctx_{stop_.get_token(), ctx.clock, ctx.console},
        toolkit_(toolkit),
        client_(client),
        blobs_(blobs) {
    for (const auto& layer : blobs) transfers_.push_back(&toolkit.progress.add(layer.label(), layer.blob));
  }

  Result<DownloadReport> run();

 private:
  using Active = std::shared_ptr<BlobDownload>;
  struct Job {
    Active blob;
    BlobDownload::Part part;
  };

  void work();
  void journal(const std::stop_token& stop);
  std::optional<Job> next_job();
  std::optional<Job> find_part();
  Result<> begin(std::size_t index);
  Result<> carry_out(const Job& job);
  Result<> finish(const Active& blob);
  Result<> publish(const Context& ctx, std::vector<Finished> batch);
  void fail_all(Error error);

  std::stop_source stop_;
  std::stop_callback<std::function<void()>> stop_with_;
  const Context ctx_;
  const Toolkit& toolkit_;
  RegistryClient& client_;
  const std::vector<Layer>& blobs_;
  std::vector<Transfer*> transfers_;
  PartSizer part_sizer_;

  std::mutex mutex_;  // guards the rest
  std::condition_variable_any changed_;
  std::condition_variable_any journal_;
  std::size_t begun_ = 0;
  std::size_t beginning_ = 0;
  std::vector<Active> active_;
  std::vector<Finished> complete_;  // verified, and waiting for others to be published with
  std::optional<Error> error_;
  DownloadReport report_;
};

Result<DownloadReport> Downloader::run() {
  {
    const auto count = std::clamp<std::size_t>(toolkit_.settings.connections, 1, 1024);
    std::jthread journalist([this](const std::stop_token& stop) { journal(stop); });
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < count; ++i) workers.emplace_back([this] { work(); });
  }
  // What is left was cut short: the next run goes on from here.
  for (const auto& blob : active_) {
    if (auto kept = blob->checkpoint(true); !kept) ctx_.console.debug(kept.error().message);
    report_.bytes += blob->fetched_bytes();
  }
  // The same for what is whole: a stop does not make it less so.
  auto published = publish({{}, ctx_.clock, ctx_.console}, std::move(complete_));
  if (error_) return fail(*error_);
  REGTOOL_TRY(published);
  return report_;
}

void Downloader::work() {
  while (const auto job = next_job()) {
    if (auto done = carry_out(*job); !done) fail_all(std::move(done).error());
  }
}

void Downloader::fail_all(Error error) {
  {
    const std::lock_guard lock(mutex_);
    // Those that are stopped by the first failure report that they were cancelled.
    if (!error_) error_ = std::move(error);
  }
  stop_.request_stop();
  changed_.notify_all();
}

std::optional<Downloader::Job> Downloader::next_job() {
  std::unique_lock lock(mutex_);
  while (!ctx_.stop.stop_requested()) {
    if (auto job = find_part()) return job;
    if (begun_ < blobs_.size()) {
      const auto index = begun_++;
      ++beginning_;
      lock.unlock();
      auto begun = begin(index);
      lock.lock();
      --beginning_;
      if (!begun) {
        lock.unlock();
        fail_all(std::move(begun).error());
        return std::nullopt;
      }
      changed_.notify_all();
      continue;
    }
    for (const auto& blob : active_) {
      if (auto part = blob->split(part_sizer_.worth_splitting())) return Job{blob, *part};
    }
    if (active_.empty() && beginning_ == 0) return std::nullopt;
    // Room also comes when the hash catches up, which nobody tells.
    changed_.wait_for(lock, ctx_.stop, std::chrono::milliseconds(50), [] { return false; });
  }
  if (!error_) error_ = Error{Errc::cancelled, "cancelled", std::nullopt};
  return std::nullopt;
}

std::optional<Downloader::Job> Downloader::find_part() {
  for (const auto& blob : active_) {
    if (auto part = blob->take(part_sizer_.size())) return Job{blob, *part};
  }
  return std::nullopt;
}

Result<> Downloader::begin(std::size_t index) {
  auto& transfer = *transfers_[index];
  const auto& layer = blobs_[index];
  transfer.enter(TransferState::checking);
  REGTOOL_TRY_ASSIGN(const auto there, has_good_blob(ctx_, toolkit_, layer.blob));
  if (there) {
    transfer.enter(TransferState::present);
    return {};
  }
  auto blob =
      std::make_shared<BlobDownload>(ctx_, toolkit_, client_, layer, transfer, [this] { changed_.notify_all(); });
  REGTOOL_TRY(blob->begin());
  {
    const std::lock_guard lock(mutex_);
    active_.push_back(blob);
    ++report_.blobs;
  }
  // One that an earlier run had fetched to its last byte has no part to fetch.
  return blob->ready_to_verify() ? finish(blob) : Result<>();
}

Result<> Downloader::carry_out(const Job& job) {
  const auto began = ctx_.clock.now();
  REGTOOL_TRY(job.blob->fetch(job.part));
  part_sizer_.took(job.part.range.length, ctx_.clock.now() - began);
  return job.blob->ready_to_verify() ? finish(job.blob) : Result<>();
}

Result<> Downloader::finish(const Active& blob) {
  std::optional<Finished> finished;
  do {
    REGTOOL_TRY_ASSIGN(finished, blob->verify());
    // What is whole as soon as it is staged anew has no part whose fetcher would come back here.
  } while (!finished && blob->ready_to_verify());
  std::vector<Finished> batch;
  if (finished) {
    const std::lock_guard lock(mutex_);
    report_.bytes += blob->fetched_bytes();
    std::erase(active_, blob);
    const bool large = finished->proof.what().size > batched_up_to;
    complete_.push_back(std::move(*finished));
    if (large || complete_.size() == commit_batch) batch.swap(complete_);
  }
  changed_.notify_all();
  return publish(ctx_, std::move(batch));
}

Result<> Downloader::publish(const Context& ctx, std::vector<Finished> batch) {
  return batch.empty() ? Result<>() : toolkit_.blobs.commit(ctx, batch);
}

void Downloader::journal(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    // Often enough that a kill costs little, seldom enough that syncing does not slow the transfer.
    journal_.wait_for(lock, stop, std::chrono::milliseconds(100), [] { return false; });
    const auto blobs = active_;
    lock.unlock();
    for (const auto& blob : blobs) {
      if (auto kept = blob->checkpoint(false); !kept) ctx_.console.debug(kept.error().message);
    }
    lock.lock();
  }
}

}  // namespace

Result<DownloadReport> download(const Context& ctx, const Toolkit& toolkit, RegistryClient& client,
                                const std::vector<Layer>& blobs) {
  return Downloader(ctx, toolkit, client, blobs).run();
}

Result<bool> has_good_blob(const Context& ctx, const Toolkit& toolkit, const Descriptor& what) {
  REGTOOL_TRY_ASSIGN(const auto blob, toolkit.blobs.open(ctx, what.digest));
  if (!blob || blob->size() != what.size) return false;
  if (blob->trusted()) return true;
  const auto proof = hash_source(ctx, toolkit.verifier, what, *blob);
  if (proof) {
    blob->trust(*proof);
    return true;
  }
  if (proof.error().code != Errc::corrupt) return fail(proof.error());
  ctx.console.warn("the store's blob " + std::string(what.digest.brief()) + " is damaged: " + proof.error().message);
  return false;
}

}  // namespace regtool
