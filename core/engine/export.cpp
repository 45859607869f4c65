#include "engine/export.hpp"

#include <regtool/oci_index.hpp>

#include "engine/hash_source.hpp"
#include "engine/library.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace regtool {
namespace {

constexpr std::size_t piece = 1 << 20;
constexpr std::uint64_t bytes_of_a_head = 1024;  // with what fills up its last block
constexpr std::string_view blobs_folder = "blobs/sha256/";

std::string path_of(const Digest& digest) { return std::string(blobs_folder) + std::string(digest.hex()); }

auto order(const Reference& name) { return std::tie(name.host(), name.repository(), name.tag()); }

// As the store spells them, in order, each once.
Result<std::vector<Reference>> as_spelt(const Context& ctx, const Toolkit& toolkit, std::vector<Reference> names) {
  REGTOOL_TRY_ASSIGN(const auto there, toolkit.refs.list(ctx));
  for (auto& name : names) {
    const auto is = [&](const RefInfo& info) { return order(info.name) == order(name); };
    const auto like = [&](const RefInfo& info) { return info.name.same_name(name); };
    auto found = std::ranges::find_if(there, is);
    if (found == there.end()) found = std::ranges::find_if(there, like);
    if (found != there.end()) name = found->name;
  }
  std::ranges::sort(names, [](const Reference& a, const Reference& b) { return order(a) < order(b); });
  const auto same = [](const Reference& a, const Reference& b) { return order(a) == order(b); };
  names.erase(std::unique(names.begin(), names.end(), same), names.end());
  return names;
}

// Adds layers that are not in the plan yet.
class PlanBlobs {
 public:
  PlanBlobs(BundlePlan& plan, const std::set<Digest>& without) : plan_(plan), without_(without) {}

  void add(const Layer& layer) {
    if (!seen_.insert(layer.blob.digest).second) return;
    if (!without_.contains(layer.blob.digest)) return plan_.blobs.push_back(layer);
    ++plan_.left_out;
    plan_.left_out_bytes += layer.blob.size;
  }

 private:
  BundlePlan& plan_;
  const std::set<Digest>& without_;
  std::set<Digest> seen_;
};

class BundleWriter {
 public:
  BundleWriter(const Context& ctx, const Toolkit& toolkit, ArchiveWriter& writer, BundleOutput* resumable)
      : ctx_(ctx), toolkit_(toolkit), writer_(writer), resumable_(resumable) {}

  Result<> write(const BundlePlan& plan) {
    for (const auto& layer : plan.blobs) toolkit_.progress.add(layer.label(), layer.blob);
    REGTOOL_TRY(write_text(std::string(oci_layout_file), oci_layout_text));
    REGTOOL_TRY(write_text(std::string(oci_index_file), plan.index));
    for (const auto& manifest : plan.manifests) {
      REGTOOL_TRY_ASSIGN(const auto digest, digest_of(toolkit_.verifier, manifest));
      REGTOOL_TRY(write_text(path_of(digest), manifest));
    }
    for (const auto& layer : plan.blobs) {
      REGTOOL_TRY(write_blob(layer).map_error([&](Error error) {
        return std::move(error).in(layer.label() + " " + std::string(layer.blob.digest.brief()));
      }));
    }
    return writer_.finish();
  }

 private:
  Result<> write_text(const std::string& path, std::string_view text) {
    REGTOOL_TRY(writer_.begin(path, text.size()));
    return writer_.write(std::as_bytes(std::span(text)));
  }

  Result<> write_blob(const Layer& layer) {
    auto& transfer = toolkit_.progress.add(layer.label(), layer.blob);
    transfer.enter(TransferState::moving);
    REGTOOL_TRY(writer_.begin(path_of(layer.blob.digest), layer.blob.size));
    REGTOOL_TRY_ASSIGN(const auto source, find_bytes(layer, transfer));
    REGTOOL_TRY_ASSIGN(auto verification, Verification::begin(toolkit_.verifier, layer.blob));
    const auto memory = std::make_unique_for_overwrite<std::byte[]>(piece);
    for (std::uint64_t at = 0; at < layer.blob.size;) {
      REGTOOL_TRY_ASSIGN(const auto count, source->read_at(at, {memory.get(), piece}));
      if (count == 0) return fail(Errc::corrupt, "ends early in the store; pull the model again");
      verification.update({memory.get(), count});
      REGTOOL_TRY(writer_.write({memory.get(), count}));
      at += count;
      transfer.settle(at);
    }
    if (auto proof = verification.finish(); !proof) {
      return fail(std::move(proof).error().in("damaged in the store; pull the model again"));
    }
    transfer.enter(TransferState::finished);
    return {};
  }

  // From what an earlier run has written, if it is good; else from the store.
  Result<std::unique_ptr<Source>> find_bytes(const Layer& layer, Transfer& transfer) {
    if (resumable_ != nullptr) {
      auto left = resumable_->left_by_earlier_run(layer.blob.size);
      if (left && hash_source(ctx_, toolkit_.verifier, layer.blob, *left)) {
        transfer.resume(layer.blob.size);
        return left;
      }
      if (ctx_.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
      if (left) REGTOOL_TRY(resumable_->forget_earlier_run());
    }
    REGTOOL_TRY_ASSIGN(auto blob, toolkit_.blobs.open(ctx_, layer.blob.digest));
    if (!blob) return fail(Errc::corrupt, "is missing from the store; pull the model again");
    if (blob->size() == layer.blob.size) return blob;
    return fail(Errc::corrupt, "has another size in the store than its manifest says; pull the model again");
  }

  const Context& ctx_;
  const Toolkit& toolkit_;
  ArchiveWriter& writer_;
  BundleOutput* const resumable_;
};

Result<> write_with(const Context& ctx, const Toolkit& toolkit, Archive& archive, const BundlePlan& plan,
                    ByteOutput& out, BundleOutput* resumable) {
  toolkit.progress.enter("writing the bundle");
  REGTOOL_TRY_ASSIGN(const auto writer, archive.writer(out));
  return BundleWriter(ctx, toolkit, *writer, resumable).write(plan);
}

}  // namespace

std::uint64_t BundlePlan::total_bytes() const {
  std::uint64_t sum = 0;
  for (const auto& layer : blobs) sum += layer.blob.size;
  return sum;
}

std::uint64_t BundlePlan::archive_bytes() const {
  auto sum = total_bytes() + index.size() + (blobs.size() + manifests.size() + 3) * bytes_of_a_head;
  for (const auto& manifest : manifests) sum += manifest.size();
  return sum;
}

Result<BundlePlan> plan_bundle(const Context& ctx, const Toolkit& toolkit, std::vector<Reference> names,
                               const std::set<Digest>& without) {
  REGTOOL_TRY_ASSIGN(names, as_spelt(ctx, toolkit, std::move(names)));
  BundlePlan plan;
  OciIndex index;
  std::map<Digest, Manifest> manifests;
  for (const auto& name : names) {
    REGTOOL_TRY_ASSIGN(auto manifest, local_manifest(ctx, toolkit, name));
    REGTOOL_TRY_ASSIGN(auto digest, digest_of(toolkit.verifier, manifest.bytes()));
    REGTOOL_TRY_ASSIGN(index, index.with(name, {digest, manifest.bytes().size()}, manifest.media_type()));
    plan.models.push_back(name.display());
    manifests.emplace(std::move(digest), std::move(manifest));
  }
  plan.index = index.text();
  PlanBlobs blobs(plan, without);
  for (const auto& [digest, manifest] : manifests) {
    plan.manifests.push_back(manifest.bytes());
    blobs.add(manifest.config());
  }
  for (const auto& [digest, manifest] : manifests) {
    for (const auto& layer : manifest.layers()) blobs.add(layer);
  }
  return plan;
}

Result<> write_bundle(const Context& ctx, const Toolkit& toolkit, Archive& archive, const BundlePlan& plan,
                      BundleOutput& out) {
  auto written = write_with(ctx, toolkit, archive, plan, out, &out);
  if (written) written = out.commit();
  if (!written && written.error().code != Errc::cancelled) out.discard();
  return written;
}

Result<> write_bundle(const Context& ctx, const Toolkit& toolkit, Archive& archive, const BundlePlan& plan,
                      ByteOutput& out) {
  return write_with(ctx, toolkit, archive, plan, out, nullptr);
}

}  // namespace regtool
