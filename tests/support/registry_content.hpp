#pragma once
// What a fake registry holds.

#include <regtool/digest.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace regtool {

using SharedBytes = std::shared_ptr<const std::string>;

struct StoredManifest {
  std::string bytes;
  std::string media_type;
};

// Thread-safe.
class RegistryContent {
 public:
  // As a push would: a blob belongs to the repositories it was pushed or mounted to.
  Descriptor add_blob(const std::string& repository, std::string bytes);

  // Serves `bytes` under a digest that they need not have.
  void add_blob_as(const std::string& repository, const Digest& digest, std::string bytes);

  // Null where the repository has none.
  SharedBytes blob(const std::string& repository, const std::string& digest) const;

  // In whichever repository.
  SharedBytes blob(const std::string& digest) const;

  // False where `from` does not have it.
  bool mount(const std::string& digest, const std::string& from, const std::string& to);

  // Both by tag and by digest. Returns the digest.
  Digest put_manifest(const std::string& repository, const std::string& tag, StoredManifest manifest);

  // By tag or digest.
  std::optional<StoredManifest> manifest(const std::string& repository, const std::string& reference) const;
  std::vector<std::string> tags(const std::string& repository) const;

 private:
  using Key = std::pair<std::string, std::string>;  // repository, and digest or tag

  mutable std::mutex mutex_;
  std::map<std::string, SharedBytes> blobs_;
  std::set<Key> links_;
  std::map<Key, StoredManifest> manifests_;
};

// A manifest of the shape that protocol.md gives: a config, then layers with their media types. Compact JSON.
struct ServedLayer {
  std::string media_type;
  Descriptor blob;
};
std::string manifest_json(const Descriptor& config, const std::vector<ServedLayer>& layers);

constexpr std::string_view docker_manifest_type = "application/vnd.docker.distribution.manifest.v2+json";

}  // namespace regtool
