#pragma once
// Finds out what a bundle from a pipe has, while it passes: the index may come first or last, and a manifest is a blob
// like others until something says that it is one.

#include "engine/bundle_models.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace regtool {

class StreamManifests {
 public:
  explicit StreamManifests(const BundleChoice& choice) : choice_(choice) {}

  // The blob may be a manifest of a model that is chosen: its bytes are to be held. False for what is too large, and
  // once all are known.
  bool may_be_manifest(const Descriptor& blob) const;

  // The text of the index, or good bytes of a blob. Errors as choose_entries() and read_models().
  Result<> take_index(const std::string& text);
  Result<> hold(const Digest& digest, std::string bytes);

  // The bundle has come to its end: whatever is missing now will not come.
  Result<> finish();

  // Nothing until all manifests that are needed have come.
  const std::optional<std::vector<BundleModel>>& models() const noexcept { return models_; }

  // Everything that was held. It is forgotten here.
  std::map<Digest, std::string> release();

 private:
  Result<> look();
  Result<std::optional<std::string>> read(const Descriptor& what);

  const BundleChoice& choice_;
  std::optional<std::vector<ChosenEntry>> chosen_;  // once the index has come
  std::set<Digest> expected_;                       // manifests, as far as they are known by now
  std::map<Digest, std::string> held_;
  std::size_t held_bytes_ = 0;
  std::optional<std::vector<BundleModel>> models_;
};

}  // namespace regtool
