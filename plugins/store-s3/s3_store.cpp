#include "s3_store.hpp"

#include "s3_blob.hpp"
#include "staged_parts.hpp"
#include "staged_whole.hpp"

#include <algorithm>

namespace regtool {
namespace {

StagedBlob& staged_of(const Finished& blob) noexcept { return static_cast<StagedBlob&>(*blob.staged); }

class S3Store final : public Store {
 public:
  S3Store(std::shared_ptr<S3Client> client, const S3StoreOptions& options)
      : client_(std::move(client)),
        part_size_(options.part_size),
        unfinished_(*client_, {options.keys, UploadLocks(options.spool, options.lock_names), options.takeover_after}),
        spool_(options.spool, options.spool_size),
        pool_(options.uploads) {}

  Result<std::unique_ptr<Blob>> open(const Context& ctx, const Digest& digest) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto facts, objects().head(ctx, keys().blob(digest)));
    if (!facts) return nullptr;
    return std::make_unique<S3Blob>(ctx, objects(), keys(), digest, *facts);
  }

  Result<std::unique_ptr<StagedObject>> stage(const Context& ctx, const Descriptor& what) noexcept override {
    REGTOOL_TRY_ASSIGN(auto plan, PartPlan::make(what.size, part_size_));
    if (plan.count() == 1) return StagedWhole::make(this, what, plan, staging_);
    REGTOOL_TRY_ASSIGN(auto claimed, unfinished_.adopt(ctx, what));
    // The parts that are there have the size that they were begun with.
    if (claimed) {
      REGTOOL_TRY_ASSIGN(plan, PartPlan::make(what.size, claimed->record.part_size));
    }
    return StagedParts::make(ctx, this, what, plan, staging_, std::move(claimed));
  }

  Result<> commit(const Context& ctx, std::span<Finished> blobs) noexcept override {
    REGTOOL_TRY(check(blobs));
    if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    std::vector<Result<>> outcomes(blobs.size());
    std::vector<UploadPool::Job> jobs;
    for (std::size_t i = 0; i < blobs.size(); ++i) {
      if (!staged_of(blobs[i]).publishes_at_once()) continue;
      jobs.emplace_back([&, i] { outcomes[i] = staged_of(blobs[i]).publish(ctx); });
    }
    pool_.run(std::move(jobs));
    for (std::size_t i = 0; i < blobs.size(); ++i) {
      if (!staged_of(blobs[i]).publishes_at_once()) outcomes[i] = staged_of(blobs[i]).publish(ctx);
      if (outcomes[i]) blobs[i].staged.reset();
    }
    const auto failed = std::ranges::find_if(outcomes, [](const auto& outcome) { return !outcome; });
    return failed == outcomes.end() ? Result<>() : *failed;
  }

  Result<bool> remove(const Context& ctx, const Digest& digest) noexcept override {
    // S3 says the same whether it was there or not.
    REGTOOL_TRY_ASSIGN(const auto facts, objects().head(ctx, keys().blob(digest)));
    if (!facts) return false;
    REGTOOL_TRY(objects().remove(ctx, keys().blob(digest)));
    if (facts->verified.empty()) REGTOOL_TRY(objects().remove(ctx, keys().verified(digest)));
    return true;
  }

  Result<std::vector<BlobInfo>> list(const Context& ctx) noexcept override {
    std::vector<BlobInfo> blobs;
    REGTOOL_TRY(objects().list(ctx, keys().blobs(), "", [&](const S3ObjectPage& page) -> Result<> {
      for (const auto& object : page.objects) {
        if (auto digest = keys().blob_in(object.key))
          blobs.push_back({std::move(*digest), object.size, object.modified});
      }
      return {};
    }));
    std::ranges::sort(blobs, {}, &BlobInfo::digest);
    return blobs;
  }

 private:
  const S3Objects& objects() const noexcept { return unfinished_.objects(); }
  const StoreKeys& keys() const noexcept { return unfinished_.keys(); }

  Result<> check(std::span<Finished> blobs) const {
    for (const auto& blob : blobs) {
      const auto* staged = dynamic_cast<const StagedBlob*>(blob.staged.get());
      if (staged == nullptr || staged->owner() != this) {
        return fail(Errc::invalid_argument, "a staged blob of another store");
      }
      if (staged->what() != blob.proof.what()) {
        return fail(Errc::invalid_argument,
                    "a proof that belongs to another blob than " + staged->what().digest.text());
      }
    }
    return {};
  }

  const std::shared_ptr<S3Client> client_;
  const std::uint64_t part_size_;
  const UnfinishedUploads unfinished_;
  Spool spool_;
  AfterStop after_stop_;
  UploadPool pool_;
  const Staging staging_{unfinished_, spool_, pool_, after_stop_};
};

}  // namespace

std::unique_ptr<Store> make_s3_store(std::shared_ptr<S3Client> client, const S3StoreOptions& options) {
  return std::make_unique<S3Store>(std::move(client), options);
}

}  // namespace regtool
