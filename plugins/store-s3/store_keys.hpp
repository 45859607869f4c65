#pragma once
// What is where in the bucket. Blobs and manifests lie as in Ollama's own store; what is ours alone is below .regtool/.

#include <regtool/digest.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace regtool {

class StoreKeys {
 public:
  // `prefix` goes before every key; a slash at its end is added where it lacks one.
  explicit StoreKeys(std::string prefix);

  std::string blobs() const { return prefix_ + "blobs/sha256-"; }
  std::string blob(const Digest& digest) const { return blobs() + std::string(digest.hex()); }
  std::optional<Digest> blob_in(std::string_view key) const { return digest_after(blobs(), key); }

  std::string manifests() const { return prefix_ + "manifests/"; }

  // Records of unfinished uploads: <hex of the digest>/<name>.
  std::string unfinished() const { return prefix_ + ".regtool/staging/"; }
  std::string unfinished(const Digest& digest) const { return unfinished() + std::string(digest.hex()) + "/"; }
  std::string unfinished(const Digest& digest, std::string_view name) const {
    return unfinished(digest) + std::string(name);
  }

  // Which version of a blob was verified that this store did not write.
  std::string verified() const { return prefix_ + ".regtool/verified/"; }
  std::string verified(const Digest& digest) const { return verified() + std::string(digest.hex()); }
  std::optional<Digest> verified_in(std::string_view key) const { return digest_after(verified(), key); }

 private:
  static std::optional<Digest> digest_after(std::string_view prefix, std::string_view key);

  std::string prefix_;
};

}  // namespace regtool
