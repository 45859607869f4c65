#include "engine/repair.hpp"

#include "engine/download.hpp"
#include "engine/hidden_blobs.hpp"
#include "engine/mirrors.hpp"
#include "engine/parallel.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace regtool {
namespace {

// Says nothing about single blobs: the others would fare no better.
bool concerns_all(const Error& error) {
  return error.transient() || error.code == Errc::unauthenticated || error.code == Errc::forbidden ||
         !is_the_sources_fault(error);
}

// One place that blobs come from.
class BlobSource {
 public:
  BlobSource(const RegistryAccess& access, const TransferSettings& settings, const Toolkit& toolkit, HiddenBlobs& store,
             const std::string& repository)
      : settings_(settings),
        toolkit_{store, toolkit.refs, toolkit.verifier, settings_, toolkit.progress},
        store_(store),
        client_(access, settings_, repository) {}

  // Fetches what it has of them. `why` is told of the others; an Error concerns more than this place.
  template <class Why>
  Result<> fetch(const Context& ctx, const std::vector<Layer>& blobs, const Why& why) {
    auto there = find(ctx, blobs);
    if (!there && !is_the_sources_fault(there.error())) return fail(std::move(there).error());
    if (!there) {
      for (const auto& layer : blobs) why(layer, there.error().message);
      return {};
    }
    for (const auto& layer : blobs) {
      if (std::ranges::find(*there, layer.blob.digest, digest_of_layer) == there->end()) {
        why(layer, "it is not there any more");
      }
    }
    return fetch_some(ctx, *there, why);
  }

 private:
  static const Digest& digest_of_layer(const Layer& layer) { return layer.blob.digest; }

  // Those that it says it has, or does not say.
  Result<std::vector<Layer>> find(const Context& ctx, const std::vector<Layer>& blobs) {
    std::vector<char> lacking(blobs.size());
    REGTOOL_TRY(parallel_for(ctx, blobs.size(), settings_.checks, [&](const Context& each, std::size_t i) -> Result<> {
      auto has = client_.has_blob(each, blobs[i].blob.digest);
      if (!has && concerns_all(has.error())) return fail(std::move(has).error());
      lacking[i] = has && !*has ? 1 : 0;
      return {};
    }));
    std::vector<Layer> found;
    for (std::size_t i = 0; i < blobs.size(); ++i) {
      if (lacking[i] == 0) found.push_back(blobs[i]);
    }
    return found;
  }

  // One that cannot be had is not to keep the others from arriving: they are tried in halves.
  template <class Why>
  Result<> fetch_some(const Context& ctx, std::vector<Layer> blobs, const Why& why) {
    if (blobs.empty()) return {};
    const auto fetched = download(ctx, toolkit_, client_, blobs);
    if (fetched) return {};
    if (!is_the_sources_fault(fetched.error())) return fail(fetched.error());
    const bool none_arrived = drop_mended(blobs) == 0;
    if (blobs.size() == 1 || (none_arrived && concerns_all(fetched.error()))) {
      for (const auto& layer : blobs) why(layer, fetched.error().message);
      return {};
    }
    const auto half = blobs.begin() + static_cast<std::ptrdiff_t>(blobs.size() / 2);
    REGTOOL_TRY(fetch_some(ctx, {blobs.begin(), half}, why));
    return fetch_some(ctx, {half, blobs.end()}, why);
  }

  std::size_t drop_mended(std::vector<Layer>& blobs) const {
    return std::erase_if(blobs, [&](const Layer& layer) { return !store_.hides(layer.blob.digest); });
  }

  const TransferSettings settings_;
  const Toolkit toolkit_;
  HiddenBlobs& store_;
  RegistryClient client_;
};

class Repair {
 public:
  Repair(const Toolkit& toolkit, const std::vector<BlobProblem>& problems)
      : toolkit_(toolkit), problems_(problems), store_(toolkit.blobs, digests_of(problems)) {}

  // What is still wanted of a model's blobs comes from where the model comes from.
  Result<> fetch(const Context& ctx, const StoredModel& model, const FindRegistry& find_registry) {
    const auto place = model.name.host() + "/" + model.name.repository();
    std::vector<Layer> wanted;
    for (auto& layer : model.manifest.distinct_blobs()) {
      if (store_.hides(layer.blob.digest) && asked_.emplace(place, layer.blob.digest).second) wanted.push_back(layer);
    }
    if (wanted.empty()) return {};
    const auto registry = find_registry(model.name);
    if (!registry) {
      for (const auto& layer : wanted) note(place, layer, registry.error().message);
      return {};
    }
    toolkit_.progress.enter("mending " + model.name.display());
    for (const auto& origin : registry->mirrors) {
      const auto access = mirror_access(*registry, origin);
      REGTOOL_TRY(fetch_from(ctx, access, mirror_settings(toolkit_.settings), model.name, wanted, [](auto&&...) {}));
    }
    return fetch_from(ctx, *registry, toolkit_.settings, model.name, wanted,
                      [&](const Layer& layer, const std::string& why) { note(place, layer, why); });
  }

  std::vector<BlobRepair> report() const {
    std::vector<BlobRepair> all;
    for (const auto& problem : problems_) {
      const auto& digest = problem.blob.blob.digest;
      const auto why = why_.find(digest);
      all.push_back({problem, !store_.hides(digest), store_.hides(digest) && why != why_.end() ? why->second : ""});
    }
    return all;
  }

 private:
  static std::set<Digest> digests_of(const std::vector<BlobProblem>& problems) {
    std::set<Digest> digests;
    for (const auto& problem : problems) digests.insert(problem.blob.blob.digest);
    return digests;
  }

  template <class Why>
  Result<> fetch_from(const Context& ctx, const RegistryAccess& access, const TransferSettings& settings,
                      const Reference& name, std::vector<Layer>& wanted, const Why& why) {
    std::erase_if(wanted, [&](const Layer& layer) { return !store_.hides(layer.blob.digest); });
    if (wanted.empty()) return {};
    return BlobSource(access, settings, toolkit_, store_, name.repository()).fetch(ctx, wanted, why);
  }

  void note(const std::string& place, const Layer& layer, const std::string& why) {
    auto& all = why_[layer.blob.digest];
    all += (all.empty() ? "" : "; ") + place + ": " + why;
  }

  const Toolkit& toolkit_;
  const std::vector<BlobProblem>& problems_;
  HiddenBlobs store_;
  std::set<std::pair<std::string, Digest>> asked_;  // where for what
  std::map<Digest, std::string> why_;
};

}  // namespace

Result<std::vector<BlobRepair>> repair_blobs(const Context& ctx, const Toolkit& toolkit,
                                             const std::vector<StoredModel>& models,
                                             const std::vector<BlobProblem>& problems,
                                             const FindRegistry& find_registry) {
  Repair repair(toolkit, problems);
  for (const auto& model : models) REGTOOL_TRY(repair.fetch(ctx, model, find_registry));
  return repair.report();
}

}  // namespace regtool
