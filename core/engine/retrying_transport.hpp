#pragma once
// Repeats single requests as the retry policy says: for storage services, whose requests may all be repeated.

#include <regtool/transport.hpp>

#include "engine/transfer_settings.hpp"

namespace regtool {

// A decorator. An answer whose status tells of a failure that may pass (408, 429, 5xx) counts as one, with its
// Retry-After; what breaks while a body is read is the reader's. Thread-safe.
class RetryingTransport final : public Transport {
 public:
  // Both outlive this.
  RetryingTransport(Transport& inner, const TransferSettings& settings) : inner_(inner), settings_(settings) {}

  Result<std::unique_ptr<Response>> send(const Context& ctx, const Request& request) noexcept override;

 private:
  Transport& inner_;
  const TransferSettings& settings_;
};

}  // namespace regtool
