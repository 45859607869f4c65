#include "engine/download.hpp"

#include "base/wait_until.hpp"
#include "engine/blob_download.hpp"
#include "engine/bring_model.hpp"
#include "engine/commit_batch.hpp"
#include "engine/connection_budget.hpp"
#include "engine/connection_speeds.hpp"

#include <algorithm>
#include <condition_variable>
#include <fmt/format.h>
#include <thread>

namespace regtool {
namespace {

constexpr std::uint64_t mib = 1024 * 1024;

// So much waits to be hashed only where bytes come faster than they can be.
constexpr std::uint64_t backlog = 64 * mib;

// The workers and what they share.
class Downloader {
 public:
  Downloader(const Context& ctx, const Toolkit& toolkit, RegistryClient& client, const std::vector<Layer>& blobs)
      : stop_with_(ctx.stop, [this] { stop_.request_stop(); }),
        ctx_{stop_.get_token(), ctx.clock, ctx.console},
        toolkit_(toolkit),
        client_(client),
        blobs_(blobs),
        complete_(toolkit.blobs),
        budget_(toolkit.settings.first_connections, most_connections(), ctx.clock.now()) {
    for (const auto& layer : blobs) transfers_.push_back(&toolkit.progress.add(layer.label(), layer.blob));
  }

  Result<DownloadReport> run();

 private:
  using Active = std::shared_ptr<BlobDownload>;
  struct Job {
    Active blob;
    BlobDownload::Part part;
  };

  unsigned most_connections() const { return std::clamp(toolkit_.settings.connections, 1U, 1024U); }
  void work();
  void look_after(const std::stop_token& stop);
  void adjust_budget();
  std::optional<Job> next_job();
  void begin_next(std::unique_lock<std::mutex>& lock);
  std::optional<Job> find_part();
  std::optional<Job> find_share();
  Result<> begin(std::size_t index);
  void wake_idle();
  bool over() const { return active_.empty() && begun_ == blobs_.size() && beginning_ == 0; }
  Result<> carry_out(const Job& job);
  Result<> finish(const Active& blob);
  void fail_all(Error error);

  std::stop_source stop_;
  std::stop_callback<std::function<void()>> stop_with_;
  const Context ctx_;
  const Toolkit& toolkit_;
  RegistryClient& client_;
  const std::vector<Layer>& blobs_;
  std::vector<Transfer*> transfers_;
  ConnectionSpeeds speeds_;
  CommitBatch complete_;  // verified, and waiting for others to be published with

  std::mutex mutex_;                     // guards the rest
  std::condition_variable_any changed_;  // there may be something to do
  std::uint64_t changes_ = 0;
  std::condition_variable_any allowed_;  // more may do it
  std::condition_variable_any look_after_;
  ConnectionBudget budget_;
  unsigned busy_ = 0;  // workers that have something to do
  std::size_t begun_ = 0;
  std::size_t beginning_ = 0;
  std::vector<Active> active_;
  std::optional<Error> error_;
  DownloadReport report_;
};

Result<DownloadReport> Downloader::run() {
  {
    std::jthread caretaker([this](const std::stop_token& stop) { look_after(stop); });
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < most_connections(); ++i) workers.emplace_back([this] { work(); });
  }
  // What is left was cut short: the next run goes on from here.
  for (const auto& blob : active_) {
    if (auto kept = blob->checkpoint(true); !kept) ctx_.console.debug(kept.error().message);
    report_.bytes += blob->fetched_bytes();
  }
  // The same for what is whole: a stop does not make it less so.
  auto published = complete_.flush({{}, ctx_.clock, ctx_.console});
  if (error_) return fail(*error_);
  REGTOOL_TRY(published);
  return report_;
}

void Downloader::work() {
  while (const auto job = next_job()) {
    auto done = carry_out(*job);
    {
      const std::lock_guard lock(mutex_);
      --busy_;
    }
    if (!done) fail_all(std::move(done).error());
  }
}

void Downloader::fail_all(Error error) {
  {
    const std::lock_guard lock(mutex_);
    // Those that are stopped by the first failure report that they were cancelled.
    if (!error_) error_ = std::move(error);
  }
  stop_.request_stop();
}

std::optional<Downloader::Job> Downloader::next_job() {
  std::unique_lock lock(mutex_);
  while (!ctx_.stop.stop_requested()) {
    if (!wait_until(allowed_, lock, ctx_.stop, [this] { return busy_ < budget_.allowed() || over(); })) break;
    if (over()) {
      allowed_.notify_all();
      return std::nullopt;
    }
    ++busy_;
    if (auto job = find_part()) return job;
    const bool more = begun_ < blobs_.size();
    if (more) {
      begin_next(lock);
    } else if (auto job = find_share()) {
      return job;
    }
    --busy_;
    // Room also comes when the hash catches up, which nobody tells.
    const auto idle_since = changes_;
    const auto changed = [&] { return changes_ != idle_since; };
    if (!more) changed_.wait_for(lock, ctx_.stop, std::chrono::milliseconds(50), changed);
  }
  if (!error_) error_ = Error{Errc::cancelled, "cancelled", std::nullopt};
  return std::nullopt;
}

void Downloader::begin_next(std::unique_lock<std::mutex>& lock) {
  const auto index = begun_++;
  ++beginning_;
  lock.unlock();
  if (auto begun = begin(index); !begun) fail_all(std::move(begun).error());
  lock.lock();
  --beginning_;
  ++changes_;
  changed_.notify_all();
}

std::optional<Downloader::Job> Downloader::find_part() {
  for (const auto& blob : active_) {
    if (auto part = blob->take()) return Job{blob, *part};
  }
  return std::nullopt;
}

std::optional<Downloader::Job> Downloader::find_share() {
  for (const auto& blob : active_) {
    if (auto part = blob->share()) return Job{blob, *part};
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
      std::make_shared<BlobDownload>(ctx_, toolkit_, client_, layer, transfer, speeds_, [this] { wake_idle(); });
  REGTOOL_TRY(blob->begin());
  {
    const std::lock_guard lock(mutex_);
    active_.push_back(blob);
    ++report_.blobs;
  }
  // One that an earlier run had fetched to its last byte has no part to fetch.
  return blob->ready_to_verify() ? finish(blob) : Result<>();
}

void Downloader::wake_idle() {
  {
    const std::lock_guard lock(mutex_);
    ++changes_;
  }
  changed_.notify_all();
}

Result<> Downloader::carry_out(const Job& job) {
  REGTOOL_TRY(job.blob->fetch(job.part));
  return job.blob->ready_to_verify() ? finish(job.blob) : Result<>();
}

Result<> Downloader::finish(const Active& blob) {
  std::optional<Finished> finished;
  do {
    REGTOOL_TRY_ASSIGN(finished, blob->verify());
    // What is whole as soon as it is staged anew has no part whose fetcher would come back here.
  } while (!finished && blob->ready_to_verify());
  if (finished) {
    const std::lock_guard lock(mutex_);
    report_.bytes += blob->fetched_bytes();
    std::erase(active_, blob);
  }
  wake_idle();
  return finished ? complete_.add(ctx_, std::move(*finished)) : Result<>();
}

void Downloader::look_after(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    // Often enough that a kill costs little: what is due is looked at, and nothing is synced before it is.
    look_after_.wait_for(lock, stop, std::chrono::milliseconds(20), [] { return false; });
    adjust_budget();
    const auto blobs = active_;
    lock.unlock();
    for (const auto& blob : blobs) {
      if (auto kept = blob->checkpoint(false); !kept) ctx_.console.debug(kept.error().message);
    }
    lock.lock();
  }
}

// With the lock held.
void Downloader::adjust_budget() {
  using enum ConnectionBudget::Limit;
  auto bytes = report_.bytes;
  std::uint64_t unhashed = 0;
  for (const auto& blob : active_) {
    bytes += blob->fetched_bytes();
    unhashed += blob->unhashed_bytes();
  }
  const auto before = budget_.allowed();
  const auto limit = unhashed > backlog ? verifier : busy_ < before ? work : connections;
  if (!budget_.observe(ctx_.clock.now(), bytes, limit)) return;
  ctx_.console.debug(fmt::format("connections: {} instead of {}", budget_.allowed(), before));
  allowed_.notify_all();
}

}  // namespace

Result<DownloadReport> download(const Context& ctx, const Toolkit& toolkit, RegistryClient& client,
                                const std::vector<Layer>& blobs) {
  return Downloader(ctx, toolkit, client, blobs).run();
}

}  // namespace regtool
