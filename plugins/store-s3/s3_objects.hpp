#pragma once
// Whole objects of a bucket: small ones are read and written at once.

#include <regtool/digest.hpp>

#include "s3_client.hpp"

#include <functional>
#include <optional>
#include <string>

namespace regtool {

// What a HEAD tells.
struct S3ObjectFacts {
  std::string etag;
  std::uint64_t size = 0;
  std::string verified{};  // the digest that the object was written with, where this store wrote it
};

struct S3Text {
  std::string bytes;
  std::string etag;
  std::chrono::system_clock::time_point modified{};  // by the service's own clock,
  std::chrono::system_clock::time_point now{};       // as is this
};

// When to write.
struct S3Condition {
  bool if_absent = false;
  std::string if_etag{};  // empty: whatever is there
};

// Headers that every blob of ours has from the moment in which it can be seen: S3ObjectFacts::verified.
Headers verified_headers(const Digest& digest);

// The facts in the headers of an answer to GET or HEAD. Errc::protocol when they lack something.
Result<S3ObjectFacts> facts_of(const S3Reply& answer);

// Stateless but for the client. Thread-safe.
class S3Objects {
 public:
  // `client` outlives it.
  explicit S3Objects(S3Client& client) : client_(client) {}

  S3Client& client() const noexcept { return client_; }

  // Nothing when there is no such object.
  Result<std::optional<S3ObjectFacts>> head(const Context& ctx, const std::string& key) const;

  // The same; Errc::corrupt for an object of more than `limit` bytes.
  Result<std::optional<S3Text>> get(const Context& ctx, const std::string& key, std::size_t limit) const;

  // The new ETag. Nothing when the condition did not hold; a service that knows no conditions writes in any case.
  Result<std::optional<std::string>> put(const Context& ctx, const std::string& key, std::string bytes,
                                         const S3Condition& condition = {}) const;

  // A blob of that digest, which the service verifies.
  Result<> put_blob(const Context& ctx, const std::string& key, const Source& source, const Digest& digest) const;

  // Good as well when it was not there.
  Result<> remove(const Context& ctx, const std::string& key) const;

  // Everything whose key begins so, page by page, in the order of keys. `delimiter`: what has it behind the prefix is
  // given as a folder.
  using Use = std::function<Result<>(const S3ObjectPage& page)>;
  Result<> list(const Context& ctx, const std::string& prefix, const std::string& delimiter, const Use& use) const;

 private:
  S3Client& client_;
};

}  // namespace regtool
