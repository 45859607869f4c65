#pragma once
// One blob on its way from a registry into the store.

#include "engine/blob_reader.hpp"
#include "engine/chunk_repair.hpp"
#include "engine/connection_speeds.hpp"
#include "engine/prefix_verifier.hpp"
#include "engine/retry.hpp"
#include "engine/speed_meter.hpp"
#include "engine/toolkit.hpp"
#include "engine/work_list.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace regtool {

// Several workers fetch parts of it at once. Thread-safe. If only destroyed, what was fetched stays staged for another
// run.
class BlobDownload {
 public:
  // What a worker has taken on.
  using Part = WorkList::Part;

  // The first part is the caller's: nobody else is given one until its answer has shown how the registry serves the
  // blob. `opened_up` hears when there may be parts for others. Everything passed outlives the object.
  BlobDownload(const Context& ctx, const Toolkit& toolkit, RegistryClient& client, Layer layer, Transfer& transfer,
               ConnectionSpeeds& speeds, std::function<void()> opened_up);

  // Stages the blob, with whatever an earlier run left behind. Called first, once.
  Result<> begin();

  // The lowest bytes that are missing, as many as a request should ask for; nothing when there are none to be had now.
  std::optional<Part> take();

  // A share of the part that would otherwise take longest; nothing when none takes long. The fetcher of a part that was
  // given away whole ends soon.
  std::optional<Part> share();

  // Fetches a part, with retries. Gives it back on failure.
  Result<> fetch(const Part& part);

  // Called after each fetch(). True for exactly one caller, when all bytes are there: it then calls verify().
  bool ready_to_verify();

  // What can be committed; it no longer belongs to this object. Nothing: the bytes were not the right ones, and are
  // being fetched anew.
  Result<std::optional<Finished>> verify();

  // Makes what is there durable, if that is worth it by now, or anyway if `force`.
  Result<> checkpoint(bool force);

  // How many bytes wait to be hashed, though nothing is missing before them.
  std::uint64_t unhashed_bytes() const;

  std::uint64_t fetched_bytes() const noexcept { return fetched_; }

 private:
  // A part that is being fetched. `since` and `meter` are guarded by mutex_.
  struct Fetch {
    explicit Fetch(SpeedMeter::TimePoint now) : since(now) {}
    std::optional<double> rate(SpeedMeter::TimePoint now) const;

    SpeedMeter::TimePoint since;               // the latest try began
    std::optional<SpeedMeter> meter;           // from when its body began
    std::stop_source stop;                     // when there is nothing left of it
    std::chrono::milliseconds patience{2000};  // with being slower than the others; only used by its fetcher
  };
  using FetchPtr = std::shared_ptr<Fetch>;

  Result<> restage();
  void keep_staged(RangeSet done, Verification verification);
  Result<bool> keep_good_chunks();
  std::optional<Part> begun(std::optional<Part> part);
  FetchPtr fetch_of(const Part& part) const;
  Result<> fetch_once(const Context& ctx, const Part& part, Fetch& fetch, Retrier& retrier);
  Result<> copy(const Part& part, Fetch& fetch, BlobStream stream, Retrier& retrier);
  Result<> copy_measured(const Part& part, Fetch& fetch, BlobStream stream, Retrier& retrier);
  std::uint64_t expect(const Part& part, const Fetch& fetch);
  void heard_from_registry(const Part& part, bool whole_blob);
  std::uint64_t claim(const Part& part, std::uint64_t count);
  bool wrote(const Part& part, Fetch& fetch, std::uint64_t count);
  Range left(const Part& part) const;
  Error describe(Error error) const;

  const Context& ctx_;
  const Toolkit& toolkit_;
  const Layer layer_;
  Transfer& transfer_;
  ConnectionSpeeds& speeds_;
  BlobReader reader_;
  const std::function<void()> opened_up_;

  mutable std::mutex mutex_;  // guards the group below
  std::optional<WorkList> work_;
  std::map<WorkList::PartId, FetchPtr> fetches_;
  std::uint64_t resumed_prefix_ = 0;  // the window ahead of the hash does not hold back what follows it
  bool probing_ = true;               // the first part has not been answered yet
  bool sequential_ = false;           // the registry ignores ranges: one worker at a time
  bool verifying_ = false;
  unsigned refetches_ = 0;

  std::mutex staged_mutex_;  // held while checkpoint() or verify() uses the staged object as a whole
  std::unique_ptr<StagedObject> staged_;
  std::optional<PrefixVerifier> verifier_;  // after staged_: reads from it
  ChunkRepair repair_;

  std::atomic<std::uint64_t> fetched_{0};
  std::atomic<std::uint64_t> since_checkpoint_{0};
};

}  // namespace regtool
