#include "engine/bundle_models.hpp"

#include <algorithm>

namespace regtool {
namespace {

constexpr std::string_view oci_index = "application/vnd.oci.image.index.v1+json";
constexpr std::string_view docker_index = "application/vnd.docker.distribution.manifest.list.v2+json";

// What builders attach to an image is an image in name only.
constexpr std::string_view attachment = "unknown/unknown";

bool is_index(const IndexEntry& entry) { return entry.media_type == oci_index || entry.media_type == docker_index; }

bool is_image(const IndexEntry& entry) { return entry.blob && entry.is_image() && entry.platform != attachment; }

using Entries = std::vector<IndexEntry>;

// Each name once.
Entries candidates(const OciIndex& index) {
  Entries found;
  for (const auto& entry : index.entries()) {
    if (!is_image(entry) && !(entry.blob && is_index(entry))) continue;
    const auto same = [&](const IndexEntry& other) { return entry.name && other.name == entry.name; };
    if (std::ranges::none_of(found, same)) found.push_back(entry);
  }
  return found;
}

std::string names_of(const Entries& entries) {
  std::string names;
  for (const auto& entry : entries) {
    if (entry.name) names += (names.empty() ? "" : ", ") + entry.name->display();
  }
  return names.empty() ? "no model with a name" : names;
}

Result<Entries> named(const Entries& all, const std::vector<Reference>& names) {
  Entries found;
  for (const auto& name : names) {
    const auto same = [&](const IndexEntry& entry) { return entry.name && entry.name->same_name(name); };
    const auto one = std::ranges::find_if(all, same);
    if (one == all.end()) {
      return fail(Errc::not_found, name.display() + " is not in the bundle; it has " + names_of(all));
    }
    found.push_back(*one);
  }
  return found;
}

Result<std::string> read_it(const IndexEntry& entry, const Reference& name, const ReadManifest& read) {
  REGTOOL_TRY_ASSIGN(auto bytes, read(*entry.blob));
  if (bytes) return std::move(*bytes);
  return fail(Errc::not_found, "the manifest of " + name.display() + " is not in the bundle");
}

// The one image that a nested index is of.
Result<IndexEntry> only_image(const ChosenEntry& chosen, const ReadManifest& read) {
  REGTOOL_TRY_ASSIGN(auto bytes, read_it(chosen.entry, chosen.name, read));
  REGTOOL_TRY_ASSIGN(const auto nested, OciIndex::parse(std::move(bytes)));
  Entries images;
  std::ranges::copy_if(nested.entries(), std::back_inserter(images), is_image);
  if (images.size() == 1) return std::move(images.front());
  return fail(Errc::unsupported,
              chosen.name.display() + " is an index of " + std::to_string(images.size()) + " images; a model is one");
}

Result<BundleModel> read_model(const ChosenEntry& chosen, const ReadManifest& read) {
  auto image = chosen.entry;
  if (is_index(image)) {
    REGTOOL_TRY_ASSIGN(image, only_image(chosen, read));
  }
  REGTOOL_TRY_ASSIGN(auto bytes, read_it(image, chosen.name, read));
  auto manifest = Manifest::parse(std::move(bytes));
  if (!manifest) return fail(std::move(manifest).error().in(chosen.name.display()));
  return BundleModel{chosen.name, std::move(*manifest)};
}

}  // namespace

Result<std::vector<ChosenEntry>> choose_entries(const OciIndex& index, const BundleChoice& choice) {
  const auto all = candidates(index);
  REGTOOL_TRY_ASSIGN(auto entries, choice.names.empty() ? Result<Entries>(all) : named(all, choice.names));
  if (choice.as && entries.size() > 1) {
    return fail(Errc::invalid_argument, "--as is for one model, and the bundle has " + names_of(entries));
  }
  std::vector<ChosenEntry> chosen;
  for (auto& entry : entries) {
    const auto& name = choice.as ? choice.as : entry.name;
    if (name) chosen.push_back({entry, *name});
  }
  if (!chosen.empty()) return chosen;
  return fail(Errc::not_found,
              all.empty() ? "the bundle has no model" : "the bundle has a model without a name; give it one with --as");
}

Result<std::vector<BundleModel>> read_models(const std::vector<ChosenEntry>& chosen, const ReadManifest& read) {
  std::vector<BundleModel> models;
  for (const auto& one : chosen) {
    REGTOOL_TRY_ASSIGN(auto model, read_model(one, read));
    models.push_back(std::move(model));
  }
  return models;
}

}  // namespace regtool
