#pragma once
// A Transport whose n-th call goes wrong, whichever it is: a request, or a read of an answer's body.

#include <regtool/transport.hpp>

#include "faulty_store.hpp"

namespace regtool {

// How the call goes wrong that the plan chooses.
enum class Strike : std::uint8_t {
  unheard,      // the request does not reach the server; a read fails
  answer_lost,  // the server has done what it was asked to, but nobody hears of it; a read takes too long
  cut_short,    // the body ends there without a sign that anything is missing
};

// Both arguments outlive it. Thread-safe.
class FaultyTransport final : public Transport {
 public:
  FaultyTransport(Transport& inner, NthCallFails& plan, Strike strike) : inner_(inner), plan_(plan), strike_(strike) {}

  Result<std::unique_ptr<Response>> send(const Context& ctx, const Request& request) noexcept override;

 private:
  Transport& inner_;
  NthCallFails& plan_;
  const Strike strike_;
};

}  // namespace regtool
