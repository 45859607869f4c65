#include "engine/push.hpp"

#include "engine/blob_upload.hpp"
#include "engine/check_plan.hpp"
#include "engine/library.hpp"
#include "engine/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <span>

namespace regtool {
namespace {

struct Outgoing {
  Layer layer;
  Transfer* transfer = nullptr;
  std::string mount_from;
  bool there = false;
};

// Repositories of the same registry that the store knows to have some blobs: the registry may mount them from there.
Result<std::map<Digest, std::string>> known_repositories(const Context& ctx, const Toolkit& toolkit,
                                                         const Reference& remote) {
  std::map<Digest, std::string> known;
  REGTOOL_TRY_ASSIGN(const auto names, toolkit.refs.list(ctx));
  for (const auto& info : names) {
    if (info.name.host() != remote.host() || info.name.repository() == remote.repository()) continue;
    const auto manifest = local_manifest(ctx, toolkit, info.name);
    if (!manifest) continue;
    for (const auto& layer : manifest->distinct_blobs()) known.emplace(layer.blob.digest, info.name.repository());
  }
  return known;
}

std::string mount_source(const Layer& layer, const Reference& remote, const std::map<Digest, std::string>& known) {
  if (!layer.from.empty()) {
    const auto from = Reference::parse(layer.from);
    if (from && from->host() == remote.host() && from->repository() != remote.repository()) return from->repository();
  }
  const auto found = known.find(layer.blob.digest);
  return found == known.end() ? std::string() : found->second;
}

Result<std::unique_ptr<Blob>> open_local(const Context& ctx, const Toolkit& toolkit, const Layer& layer) {
  const auto what = layer.label() + " " + std::string(layer.blob.digest.brief());
  REGTOOL_TRY_ASSIGN(auto blob, toolkit.blobs.open(ctx, layer.blob.digest));
  if (!blob) return fail(Errc::corrupt, what + " is missing from the store; pull the model again");
  if (blob->size() != layer.blob.size) {
    return fail(Errc::corrupt, what + " has " + std::to_string(blob->size()) + " bytes in the store instead of " +
                                   std::to_string(layer.blob.size) + "; pull the model again");
  }
  return blob;
}

class Push {
 public:
  Push(const Context& ctx, const Toolkit& toolkit, RegistryClient& client, const Reference& remote)
      : ctx_(ctx), toolkit_(toolkit), client_(client), remote_(remote) {}

  Result<PushReport> run(const Manifest& manifest, const PushOptions& options) {
    REGTOOL_TRY_ASSIGN(auto digest, digest_of(toolkit_.verifier, manifest.bytes()));
    PushReport report{std::move(digest)};
    REGTOOL_TRY(prepare(manifest));
    report.total_bytes = manifest.total_size();
    report.blobs = outgoing_.size();
    toolkit_.progress.enter("checking what is there");
    REGTOOL_TRY(check(options.dry_run));
    if (!options.dry_run) {
      toolkit_.progress.enter("pushing blobs");
      REGTOOL_TRY(upload());
      toolkit_.progress.enter("pushing manifest");
      REGTOOL_TRY(client_.put_manifest(ctx_, remote_.tag(), manifest).map_error([](Error error) {
        return std::move(error).in("manifest");
      }));
    }
    for (const auto& blob : outgoing_) {
      if (blob.there) continue;
      ++report.sent_blobs;
      report.sent_bytes += blob.layer.blob.size;
    }
    report.mounted_blobs = mounted_;
    return report;
  }

 private:
  // Nothing is sent before it is known that all of it could be.
  Result<> prepare(const Manifest& manifest) {
    REGTOOL_TRY_ASSIGN(const auto known, known_repositories(ctx_, toolkit_, remote_));
    for (auto& layer : manifest.distinct_blobs()) {
      REGTOOL_TRY(open_local(ctx_, toolkit_, layer));
      auto& transfer = toolkit_.progress.add(layer.label(), layer.blob);
      auto from = mount_source(layer, remote_, known);
      outgoing_.push_back({std::move(layer), &transfer, std::move(from)});
    }
    return {};
  }

  // The first one alone: its challenge is answered before the others need the token.
  Result<> check(bool all) {
    std::vector<std::uint64_t> sizes;
    for (const auto& blob : outgoing_) sizes.push_back(blob.layer.blob.size);
    const auto plan = plan_checks(sizes, toolkit_.settings.checks);
    if (!plan.first.empty()) REGTOOL_TRY(check(ctx_, plan.first.front()));
    if (!plan.first.empty()) REGTOOL_TRY(check(std::span(plan.first).subspan(1)));
    const bool is_there = std::ranges::any_of(outgoing_, &Outgoing::there);
    if (all || is_there) return check(plan.rest);
    for (const auto i : plan.rest) {
      auto& blob = outgoing_[i];
      // A registry that has it after all says so when it is offered.
      if (blob.mount_from.empty()) blob.mount_from = remote_.repository();
    }
    return {};
  }

  Result<> check(std::span<const std::size_t> which) {
    return parallel_for(ctx_, which.size(), toolkit_.settings.checks,
                        [&](const Context& ctx, std::size_t i) { return check(ctx, which[i]); });
  }

  Result<> check(const Context& ctx, std::size_t index) {
    auto& blob = outgoing_[index];
    blob.transfer->enter(TransferState::checking);
    REGTOOL_TRY_ASSIGN(blob.there, client_.has_blob(ctx, blob.layer.blob.digest));
    blob.transfer->enter(blob.there ? TransferState::present : TransferState::waiting);
    return {};
  }

  Result<> upload() {
    return parallel_for(ctx_, outgoing_.size(), toolkit_.settings.uploads, [&](const Context& ctx, std::size_t i) {
      return outgoing_[i].there ? Result<>() : upload(ctx, outgoing_[i]);
    });
  }

  Result<> upload(const Context& ctx, Outgoing& blob) {
    REGTOOL_TRY_ASSIGN(const auto source, open_local(ctx, toolkit_, blob.layer));
    REGTOOL_TRY_ASSIGN(const auto outcome,
                       upload_blob(ctx, toolkit_, client_, blob.layer, *source, blob.mount_from, *blob.transfer));
    if (outcome == UploadOutcome::mounted) {
      blob.there = true;
      if (blob.mount_from != remote_.repository()) ++mounted_;
    }
    return {};
  }

  const Context& ctx_;
  const Toolkit& toolkit_;
  RegistryClient& client_;
  const Reference& remote_;
  std::vector<Outgoing> outgoing_;
  std::atomic<std::size_t> mounted_{0};
};

}  // namespace

Result<PushReport> push(const Context& ctx, const Toolkit& toolkit, const RegistryAccess& registry,
                        const Reference& local, const Reference& remote, const PushOptions& options) {
  const auto run = [&]() -> Result<PushReport> {
    REGTOOL_TRY_ASSIGN(const auto manifest, local_manifest(ctx, toolkit, local));
    RegistryClient client(registry, toolkit.settings, remote.repository());
    return Push(ctx, toolkit, client, remote).run(manifest, options);
  };
  return run().map_error([&](Error error) { return std::move(error).in("push " + remote.display()); });
}

}  // namespace regtool
