#pragma once
// Which models a bundle has, going by its index, and which of them are to be imported.

#include <regtool/oci_index.hpp>

#include "engine/manifest.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace regtool {

// Which models are meant, and what they are to be called.
struct BundleChoice {
  std::vector<Reference> names{};  // in the bundle; none: all that have a name
  std::optional<Reference> as{};   // for the only one that is chosen, with a name or without
};

struct ChosenEntry {
  IndexEntry entry;
  Reference name;  // that it is to have
};

// In the order of the index. What is neither an image nor an index is passed over. Errc::not_found says what there is;
// Errc::invalid_argument when `as` is for more than one.
Result<std::vector<ChosenEntry>> choose_entries(const OciIndex& index, const BundleChoice& choice);

struct BundleModel {
  Reference name;
  Manifest manifest;
};

// The bytes of a manifest or a nested index, checked against its digest; nothing where the bundle does not have it.
using ReadManifest = std::function<Result<std::optional<std::string>>(const Descriptor&)>;

// A nested index that is of one image, as docker writes it, stands for that image. Errc::not_found for a manifest that
// is not there; Errc::unsupported for a nested index of several images.
Result<std::vector<BundleModel>> read_models(const std::vector<ChosenEntry>& chosen, const ReadManifest& read);

}  // namespace regtool
