#pragma once
// Keeps what goes through a transport below a rate.

#include <regtool/transport.hpp>

#include "engine/token_bucket.hpp"

namespace regtool {

// A decorator. The bodies of requests and answers wait for the bucket; heads do not count. Thread-safe.
class LimitedTransport final : public Transport {
 public:
  // Both outlive this and its responses. Several may share a bucket.
  LimitedTransport(Transport& inner, TokenBucket& bucket) : inner_(inner), bucket_(bucket) {}

  Result<std::unique_ptr<Response>> send(const Context& ctx, const Request& request) noexcept override;

 private:
  Transport& inner_;
  TokenBucket& bucket_;
};

}  // namespace regtool
