#pragma once
// An end to answers that trickle in: a transport's timeouts are about each byte, this is about all of them.

#include <regtool/transport.hpp>

#include <chrono>

namespace regtool {

// For answers that are small. What is not there as a whole after `patience` is Errc::timeout.
class PatientTransport final : public Transport {
 public:
  // `inner` outlives this.
  PatientTransport(Transport& inner, std::chrono::milliseconds patience) : inner_(inner), patience_(patience) {}

  Result<std::unique_ptr<Response>> send(const Context& ctx, const Request& request) noexcept override;

 private:
  Transport& inner_;
  const std::chrono::milliseconds patience_;
};

}  // namespace regtool
