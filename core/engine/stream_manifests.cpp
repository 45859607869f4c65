#include "engine/stream_manifests.hpp"

namespace regtool {
namespace {

// Bytes that are held at once. No bundle has that many manifests whose models it is sensible to import at once.
constexpr std::size_t max_held = 256 << 20;

}  // namespace

bool StreamManifests::may_be_manifest(const Descriptor& blob) const {
  if (models_ || blob.size > Manifest::max_size || held_bytes_ + blob.size > max_held) return false;
  return !chosen_ || expected_.contains(blob.digest);
}

Result<> StreamManifests::take_index(const std::string& text) {
  REGTOOL_TRY_ASSIGN(const auto index, OciIndex::parse(text));
  REGTOOL_TRY_ASSIGN(chosen_, choose_entries(index, choice_));
  for (const auto& one : *chosen_) expected_.insert(one.entry.blob->digest);
  return look();
}

Result<> StreamManifests::hold(const Digest& digest, std::string bytes) {
  held_bytes_ += bytes.size();
  held_.emplace(digest, std::move(bytes));
  return chosen_ ? look() : Result<>();
}

Result<> StreamManifests::finish() {
  if (!chosen_) return fail(Errc::corrupt, "it has no index.json: it is no OCI image layout");
  if (models_) return {};
  REGTOOL_TRY_ASSIGN(models_, read_models(*chosen_, [this](const Descriptor& what) { return read(what); }));
  return {};
}

Result<> StreamManifests::look() {
  if (models_) return {};
  auto models = read_models(*chosen_, [this](const Descriptor& what) { return read(what); });
  if (!models && models.error().code == Errc::not_found) return {};
  REGTOOL_TRY(models);
  models_ = std::move(*models);
  return {};
}

Result<std::optional<std::string>> StreamManifests::read(const Descriptor& what) {
  expected_.insert(what.digest);
  const auto held = held_.find(what.digest);
  if (held == held_.end()) return std::nullopt;
  if (held->second.size() == what.size) return held->second;
  return fail(Errc::corrupt, "the manifest " + what.digest.text() + " has not the size that it should have");
}

std::map<Digest, std::string> StreamManifests::release() {
  held_bytes_ = 0;
  return std::exchange(held_, {});
}

}  // namespace regtool
