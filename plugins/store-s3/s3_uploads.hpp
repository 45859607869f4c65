#pragma once
// Multipart uploads of a bucket: what is uploaded in parts is one object from the moment in which it is completed.

#include "s3_client.hpp"
#include "s3_objects.hpp"

#include <optional>
#include <string>
#include <vector>

namespace regtool {

// Stateless but for the client. Thread-safe.
class S3Uploads {
 public:
  // `client` outlives it.
  explicit S3Uploads(S3Client& client) : client_(client) {}

  // The upload's id.
  Result<std::string> begin(const Context& ctx, const std::string& key, const Headers& headers) const;

  // The part's ETag. The service verifies the bytes by their SHA-256.
  Result<std::string> put_part(const Context& ctx, const S3Upload& upload, unsigned number, const Source& source) const;

  // Every part, in order; nothing when there is no such upload.
  Result<std::optional<std::vector<S3Part>>> parts(const Context& ctx, const S3Upload& upload) const;

  // False when there is no such upload: it was completed, or aborted. Errc::unavailable when a part is another one.
  Result<bool> complete(const Context& ctx, const S3Upload& upload, std::span<const S3Part> parts) const;

  // False when there is no such upload.
  Result<bool> abort(const Context& ctx, const S3Upload& upload) const;

  // Every upload under way whose key begins so.
  Result<std::vector<S3Upload>> list(const Context& ctx, const std::string& prefix) const;

 private:
  S3Client& client_;
};

}  // namespace regtool
