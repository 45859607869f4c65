#pragma once
// Signed requests to one bucket.

#include <regtool/context.hpp>
#include <regtool/transport.hpp>
#include <regtool/url.hpp>

#include "bucket_address.hpp"
#include "credentials.hpp"
#include "s3_error.hpp"

#include <atomic>
#include <memory>
#include <string>

namespace regtool {

struct S3Request {
  Method method = Method::get;
  std::string key{};  // empty: the bucket itself
  QueryPairs query{};
  Headers headers{};  // all are signed
  const Source* body = nullptr;
  std::string body_sha256{};  // of the body, where there is one: the service refuses bytes that are not these
  std::chrono::milliseconds extra_patience{0};
};

// An answer whose body is still to be read; of a refusal it was read.
struct S3Answer {
  std::unique_ptr<Response> response{};
  S3Refusal refusal{};

  bool good() const noexcept { return refusal.status == 0; }
  std::string header(std::string_view name) const { return std::string(response->headers().get(name).value_or("")); }
};

// An answer with all its body.
struct S3Reply {
  Headers headers{};
  std::string body{};
  S3Refusal refusal{};

  bool good() const noexcept { return refusal.status == 0; }
  std::string header(std::string_view name) const { return std::string(headers.get(name).value_or("")); }
};

struct S3ClientOptions {
  std::string bucket;
  std::string region;
  BucketAddress address;
};

// What a service turned out to be like. Thread-safe.
struct S3Quirks {
  std::atomic<bool> bare_etags = false;  // it compares the ETag of a conditional write with one without quotes
};

// Thread-safe. Corrects for a clock that is wrong, and for credentials that have expired; what else may pass, the
// transport repeats.
class S3Client {
 public:
  // `transport` outlives it.
  S3Client(Transport& transport, std::unique_ptr<CredentialCache> credentials, S3ClientOptions options);

  // An Error where there was no usable answer. `ctx` outlives the answer.
  Result<S3Answer> send(const Context& ctx, const S3Request& request);

  // The same with the body. The request is repeated where the connection breaks in it. Errc::corrupt for a body of more
  // than `limit` bytes.
  Result<S3Reply> exchange(const Context& ctx, const S3Request& request, std::size_t limit = max_xml);

  // The body of an answer that must be good.
  Result<std::string> text(const Context& ctx, const S3Request& request);

  Error error_of(const S3Refusal& refusal) const { return regtool::error_of(refusal, place_); }

  S3Quirks& quirks() noexcept { return quirks_; }

  // The time of the service, as far as it has told.
  std::chrono::system_clock::time_point now(const Clock& clock) const noexcept {
    return clock.wall_time() + skew_.load();
  }

 private:
  struct Attempt;

  Result<Attempt> attempt(const Context& ctx, const S3Request& request);
  Result<Request> sign(const S3Request& request, const std::optional<S3Credentials>& credentials,
                       std::chrono::system_clock::time_point time) const;
  bool put_right(const Context& ctx, const Attempt& attempt);

  Transport& transport_;
  const std::unique_ptr<CredentialCache> credentials_;
  const BucketAddress address_;
  const S3Place place_;
  std::atomic<std::chrono::system_clock::duration> skew_{};
  S3Quirks quirks_;
};

}  // namespace regtool
