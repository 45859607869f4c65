#include "engine/copy.hpp"

#include "engine/blob_intake.hpp"
#include "engine/bring_model.hpp"
#include "engine/commit_batch.hpp"
#include "engine/library.hpp"
#include "engine/parallel.hpp"

#include <algorithm>
#include <atomic>

namespace regtool {
namespace {

// Blobs at once. A disk gains nothing by more, and storage that is far away not much.
constexpr unsigned at_once = 8;

// Large enough that storage that is far away does not spend its time on requests.
constexpr std::uint64_t piece = 4 << 20;

class Copier {
 public:
  Copier(const OpenBlob& open, const Toolkit& to) : open_(open), to_(to), batch_(to.blobs) {}

  Result<> run(const Context& ctx, const std::vector<Layer>& blobs) {
    std::vector<Transfer*> transfers;
    for (const auto& layer : blobs) transfers.push_back(&to_.progress.add(layer.label(), layer.blob));
    auto copied = parallel_for(ctx, blobs.size(), at_once, [&](const Context& each, std::size_t i) {
      return copy(each, blobs[i], *transfers[i]).map_error([&](Error error) {
        return std::move(error).in(blobs[i].label() + " " + std::string(blobs[i].blob.digest.brief()));
      });
    });
    // What is whole is worth keeping, whatever became of the others.
    auto published = batch_.flush({{}, ctx.clock, ctx.console});
    REGTOOL_TRY(copied);
    return published;
  }

  std::atomic<std::uint64_t> copied_bytes{0};
  std::atomic<std::size_t> copied_blobs{0};

 private:
  Result<> copy(const Context& ctx, const Layer& layer, Transfer& transfer) {
    transfer.enter(TransferState::checking);
    REGTOOL_TRY_ASSIGN(const bool there, has_good_blob(ctx, to_, layer.blob));
    if (there) {
      transfer.enter(TransferState::present);
      return {};
    }
    REGTOOL_TRY_ASSIGN(const auto source, open_(ctx, layer));
    if (source->size() != layer.blob.size) {
      return fail(Errc::corrupt, "has " + std::to_string(source->size()) + " bytes where it comes from, instead of " +
                                     std::to_string(layer.blob.size));
    }
    BlobIntake intake(ctx, to_, layer.blob, transfer);
    REGTOOL_TRY_ASSIGN(auto finished, take_in(*source, intake));
    ++copied_blobs;
    copied_bytes += layer.blob.size;
    return batch_.add(ctx, std::move(finished));
  }

  static Result<Finished> take_in(const Source& source, BlobIntake& intake) {
    REGTOOL_TRY(intake.begin());
    const bool resumed = intake.resumed();
    REGTOOL_TRY(fill(source, intake));
    auto finished = intake.finish();
    if (finished || finished.error().code != Errc::corrupt || !resumed) return finished;
    // It may be what the earlier run left that is damaged.
    REGTOOL_TRY(intake.begin());
    REGTOOL_TRY(fill(source, intake));
    return intake.finish();
  }

  static Result<> fill(const Source& source, BlobIntake& intake) {
    const auto size = std::min(piece, source.size());
    const auto memory = std::make_unique_for_overwrite<std::byte[]>(size);
    for (auto gap = intake.missing(0); !gap.empty(); gap = intake.missing(gap.first)) {
      const std::span wanted(memory.get(), std::min(size, gap.length));
      REGTOOL_TRY_ASSIGN(const auto count, source.read_at(gap.first, wanted));
      if (count == 0) return fail(Errc::corrupt, "ends early where it comes from");
      REGTOOL_TRY(intake.write(gap.first, wanted.first(count)));
    }
    return {};
  }

  const OpenBlob& open_;
  const Toolkit& to_;
  CommitBatch batch_;
};

}  // namespace

Result<CopyReport> copy_model(const Context& ctx, const OpenBlob& open, const Manifest& manifest, const Toolkit& to,
                              const Reference& as, bool dry_run) {
  const auto blobs = manifest.distinct_blobs();
  CopyReport report{manifest.total_size(), 0, blobs.size()};
  const auto previous = to.refs.resolve(ctx, as).value_or(std::nullopt);
  report.changed = previous != manifest.bytes();
  if (dry_run) {
    REGTOOL_TRY_ASSIGN(const auto missing, missing_blobs(ctx, to, blobs));
    report.copied_blobs = missing.size();
    for (const auto& layer : missing) report.copied_bytes += layer.blob.size;
    return report;
  }
  Copier copier(open, to);
  REGTOOL_TRY(bring_model(ctx, to, as, manifest, blobs, report.changed,
                          [&](const std::vector<Layer>& wanted) { return copier.run(ctx, wanted); }));
  report.copied_bytes = copier.copied_bytes;
  report.copied_blobs = copier.copied_blobs;
  return report;
}

Result<CopyReport> copy_model(const Context& ctx, const Toolkit& from, const Reference& name, const Toolkit& to,
                              const Reference& as, bool dry_run) {
  REGTOOL_TRY_ASSIGN(const auto manifest, local_manifest(ctx, from, name));
  const OpenBlob open = [&](const Context& each, const Layer& layer) -> Result<std::unique_ptr<Source>> {
    REGTOOL_TRY_ASSIGN(auto blob, from.blobs.open(each, layer.blob.digest));
    if (!blob) return fail(Errc::corrupt, "is missing where it comes from");
    return blob;
  };
  return copy_model(ctx, open, manifest, to, as, dry_run);
}

}  // namespace regtool
