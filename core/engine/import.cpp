#include "engine/import.hpp"

#include "engine/bring_model.hpp"
#include "engine/bundle.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace regtool {
namespace {

// Before anything is written: what the manifests say of sizes is what the bundle has.
Result<> check_sizes(const Bundle& bundle, const std::vector<BundleModel>& models) {
  for (const auto& model : models) {
    for (const auto& layer : model.manifest.distinct_blobs()) {
      const auto where = bundle.find(layer.blob.digest);
      if (!where || where->length == layer.blob.size) continue;
      return fail(Errc::corrupt,
                  fmt::format("blob {} has {} bytes in the bundle, and the manifest of {} says {}",
                              layer.blob.digest.text(), where->length, model.name.display(), layer.blob.size));
    }
  }
  return {};
}

Result<CopyReport> import_model(const Context& ctx, const Toolkit& toolkit, const Bundle& bundle,
                                const BundleModel& model) {
  auto lacking = model.manifest.distinct_blobs();
  std::erase_if(lacking, [&](const Layer& layer) { return bundle.find(layer.blob.digest).has_value(); });
  REGTOOL_TRY_ASSIGN(const auto missing, missing_blobs(ctx, toolkit, lacking));
  if (!missing.empty()) return fail(missing_from_bundle(missing));
  const OpenBlob open = [&](const Context&, const Layer& layer) -> Result<std::unique_ptr<Source>> {
    auto source = bundle.blob(layer.blob.digest);
    if (source) return source;
    return fail(Errc::corrupt, "is damaged in the store, and the bundle does not have it");
  };
  return copy_model(ctx, open, model.manifest, toolkit, model.name);
}

}  // namespace

Result<std::vector<ImportedModel>> import_bundle(const Context& ctx, const Toolkit& toolkit, Archive& archive,
                                                 const Source& bytes, const BundleChoice& choice) {
  toolkit.progress.enter("reading the bundle");
  REGTOOL_TRY_ASSIGN(const auto bundle, Bundle::open(ctx, archive, bytes, toolkit.verifier));
  REGTOOL_TRY_ASSIGN(const auto models, bundle.models(choice));
  REGTOOL_TRY(check_sizes(bundle, models));
  toolkit.progress.enter("importing blobs");
  for (const auto& model : models) {
    for (const auto& layer : model.manifest.distinct_blobs()) toolkit.progress.add(layer.label(), layer.blob);
  }
  std::vector<ImportedModel> imported;
  for (const auto& model : models) {
    imported.push_back({model.name, import_model(ctx, toolkit, bundle, model)});
    const auto& outcome = imported.back().outcome;
    // What went wrong with one model alone does not concern the others.
    if (!outcome && outcome.error().code != Errc::not_found)
      return fail(Error(outcome.error()).in(model.name.display()));
  }
  return imported;
}

Error missing_from_bundle(const std::vector<Layer>& missing) {
  std::uint64_t bytes = 0;
  for (const auto& layer : missing) bytes += layer.blob.size;
  const auto first = missing.front().label() + " " + std::string(missing.front().blob.digest.brief());
  return {Errc::not_found,
          fmt::format(
              "neither the bundle nor the store has {}{}, {} MB; import the bundle first that this one was made "
              "--since",
              first, missing.size() > 1 ? fmt::format(" and {} more", missing.size() - 1) : "", bytes / 1'000'000 + 1),
          std::nullopt};
}

}  // namespace regtool
