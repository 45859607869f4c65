#include "engine/copy.hpp"

#include "engine/blob_sink.hpp"
#include "engine/bring_model.hpp"
#include "engine/library.hpp"
#include "engine/parallel.hpp"

#include <algorithm>

namespace regtool {
namespace {

// Blobs at once. A disk gains nothing by more, and storage that is far away not much.
constexpr unsigned at_once = 8;

// Large enough that storage that is far away does not spend its time on requests.
constexpr std::uint64_t piece = 4 << 20;

Result<> fill(const Source& source, BlobIntake& intake) {
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

Result<> copy_blob(const Context& ctx, const OpenBlob& open, const Layer& layer, BlobSink& sink) {
  const auto from = [&](BlobIntake& intake) -> Result<> {
    REGTOOL_TRY_ASSIGN(const auto source, open(ctx, layer));
    if (source->size() == layer.blob.size) return fill(*source, intake);
    return fail(Errc::corrupt, "has " + std::to_string(source->size()) + " bytes where it comes from, instead of " +
                                   std::to_string(layer.blob.size));
  };
  return sink.take(ctx, layer, from, true);
}

Result<> copy_blobs(const Context& ctx, const OpenBlob& open, const std::vector<Layer>& blobs, BlobSink& sink) {
  auto copied = parallel_for(ctx, blobs.size(), at_once,
                             [&](const Context& each, std::size_t i) { return copy_blob(each, open, blobs[i], sink); });
  if (copied) return sink.flush(ctx);
  sink.keep(ctx);
  return copied;
}

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
  BlobSink sink(to);
  REGTOOL_TRY(bring_model(ctx, to, as, manifest, blobs, report.changed,
                          [&](const std::vector<Layer>& wanted) { return copy_blobs(ctx, open, wanted, sink); }));
  report.copied_blobs = sink.taken().size();
  for (const auto& [digest, size] : sink.taken()) report.copied_bytes += size;
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
