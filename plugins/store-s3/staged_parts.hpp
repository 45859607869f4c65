#pragma once
// A large blob being written: each part is uploaded as soon as all its bytes are there, while others still arrive. The
// object is there once the upload is completed, which needs the proof of all its bytes.

#include "spool_file.hpp"
#include "staged_blob.hpp"

#include <deque>
#include <optional>
#include <stop_token>

namespace regtool {

class StagedParts final : public StagedBlob {
 public:
  // `claimed`: what an earlier run has begun. `ctx`: see Store::stage().
  static Result<std::unique_ptr<StagedBlob>> make(const Context& ctx, const void* owner, const Descriptor& what,
                                                  const PartPlan& plan, const Staging& shared,
                                                  std::optional<ClaimedUpload> claimed);
  ~StagedParts() override;

  const StagedFacts& facts() const noexcept override { return facts_; }
  Result<> write_at(std::uint64_t offset, std::span<const std::byte> data) noexcept override;
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override;
  Result<> checkpoint(const RangeSet& done, const std::optional<HashState>& hashed) noexcept override;
  void discard() noexcept override;

  Result<> publish(const Context& ctx) override;
  bool publishes_at_once() const noexcept override { return false; }

 private:
  struct Part {
    std::optional<SpoolFile::Slot> slot{};  // where its bytes are, from the first one on until nobody needs them
    bool complete = false;                  // all its bytes were written
    std::string etag{};                     // once it is uploaded
  };

  // Guarded by the spool's mutex.
  struct State {
    std::vector<Part> parts;
    RangeSet written;
    std::uint64_t hashed = 0;   // bytes that were read back
    std::size_t uploaded = 0;   // parts, without a gap from the first one on
    std::size_t held_from = 0;  // the first part whose bytes somebody still needs, or that are not there yet
    unsigned jobs = 0;          // of the pool
    std::optional<Error> failure;
  };

  StagedParts(const Context& ctx, const void* owner, const Descriptor& what, const PartPlan& plan,
              const Staging& shared, std::unique_ptr<SpoolFile> file, std::optional<ClaimedUpload> claimed);

  Result<SpoolFile::Slot> slot_for(std::size_t index);
  bool find_room(std::size_t index) noexcept;
  void wrote(std::size_t index, Range range);
  void upload(std::size_t index) noexcept;
  Result<std::string> put(std::size_t index);
  Result<const S3Upload*> begun();
  void release(std::size_t index) const noexcept;
  Result<> await_uploads(std::size_t count, const std::stop_token& stop) const;
  std::vector<S3Part> uploaded_parts(std::size_t count) const;
  Result<> save(const HashState& hashed);
  Result<> find_completed(const Context& ctx);
  void end_jobs() noexcept;

  const Context given_;  // by stage()
  std::stop_source stop_;
  const std::stop_callback<std::function<void()>> stop_with_;
  const Context ctx_;  // of the uploads
  const PartPlan plan_;
  const Staging shared_;
  const std::unique_ptr<SpoolFile> file_;

  std::mutex begin_mutex_;                // held by whoever begins the upload
  std::optional<ClaimedUpload> claimed_;  // then only used by checkpoint(), discard() and publish()
  std::optional<S3Upload> upload_;

  StagedFacts facts_;
  std::deque<HashState> states_;  // of checkpoints whose parts were not all uploaded yet
  std::size_t saved_ = 0;         // parts that the record covers
  mutable State state_;
  bool over_ = false;  // published, or discarded
};

}  // namespace regtool
