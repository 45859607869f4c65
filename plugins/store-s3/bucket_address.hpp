#pragma once
// Under which URLs a bucket is found, as a pure function.

#include <regtool/url.hpp>

#include <string>
#include <string_view>

namespace regtool {

enum class Addressing {
  automatic,     // by host name where AWS's own endpoint and the bucket's name allow it
  path,          // https://endpoint/bucket/key
  virtual_host,  // https://bucket.endpoint/key
};

class BucketAddress {
 public:
  // `endpoint` empty: AWS's own in that region. Errc::invalid_argument for a bucket name that no service has, for an
  // endpoint that is no URL, and for addressing by host where the name cannot be part of one.
  static Result<BucketAddress> make(const std::string& bucket, const std::string& endpoint, const std::string& region,
                                    Addressing addressing);

  // "https://bucket.s3.eu-west-1.amazonaws.com", without a slash at its end.
  const std::string& origin() const noexcept { return origin_; }

  // What the Host header says.
  std::string_view host() const noexcept;

  // The path of a key, or of the bucket itself, encoded.
  std::string path_of(std::string_view key) const;

  // For messages.
  const std::string& endpoint() const noexcept { return endpoint_; }

 private:
  BucketAddress() = default;
  std::string origin_, base_, endpoint_;  // base_: what goes before a key, encoded
};

}  // namespace regtool
