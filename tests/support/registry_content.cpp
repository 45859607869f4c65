#include "registry_content.hpp"

#include "digest_of.hpp"

#include <fmt/format.h>

namespace regtool {

Descriptor RegistryContent::add_blob(const std::string& repository, std::string bytes) {
  auto blob = descriptor_of(bytes);
  add_blob_as(repository, blob.digest, std::move(bytes));
  return blob;
}

void RegistryContent::add_blob_as(const std::string& repository, const Digest& digest, std::string bytes) {
  auto shared = std::make_shared<const std::string>(std::move(bytes));
  const std::lock_guard lock(mutex_);
  blobs_[digest.text()] = std::move(shared);
  links_.emplace(repository, digest.text());
}

SharedBytes RegistryContent::blob(const std::string& repository, const std::string& digest) const {
  const std::lock_guard lock(mutex_);
  return links_.contains({repository, digest}) ? blobs_.at(digest) : nullptr;
}

SharedBytes RegistryContent::blob(const std::string& digest) const {
  const std::lock_guard lock(mutex_);
  const auto found = blobs_.find(digest);
  return found == blobs_.end() ? nullptr : found->second;
}

bool RegistryContent::mount(const std::string& digest, const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (!links_.contains({from, digest})) return false;
  links_.emplace(to, digest);
  return true;
}

Digest RegistryContent::put_manifest(const std::string& repository, const std::string& tag, StoredManifest manifest) {
  auto digest = digest_of(manifest.bytes);
  const std::lock_guard lock(mutex_);
  manifests_[{repository, digest.text()}] = manifest;
  manifests_[{repository, tag}] = std::move(manifest);
  return digest;
}

std::optional<StoredManifest> RegistryContent::manifest(const std::string& repository,
                                                        const std::string& reference) const {
  const std::lock_guard lock(mutex_);
  const auto found = manifests_.find({repository, reference});
  return found == manifests_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> RegistryContent::tags(const std::string& repository) const {
  std::vector<std::string> tags;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, manifest] : manifests_) {
    if (key.first == repository && key.second.find(':') == std::string::npos) tags.push_back(key.second);
  }
  return tags;
}

std::string manifest_json(const Descriptor& config, const std::vector<ServedLayer>& layers) {
  const auto descriptor = [](std::string_view media_type, const Descriptor& blob) {
    return fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}}})", media_type, blob.digest.text(), blob.size);
  };
  std::string list;
  for (const auto& layer : layers) list += (list.empty() ? "" : ",") + descriptor(layer.media_type, layer.blob);
  return fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}]}})", docker_manifest_type,
                     descriptor("application/vnd.docker.container.image.v1+json", config), list);
}

}  // namespace regtool
