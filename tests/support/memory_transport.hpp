#pragma once
// A Transport without a network: handlers answer in the caller's thread.

#include <regtool/transport.hpp>

#include "http_handler.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace regtool {

// The in-memory twin of the HTTP transport. Cuts, stalls, wrong lengths and early answers have the effects that
// transport.hpp promises; what only a socket has (framing, interim answers, resets) has none. A stall lasts `patience`
// on the Context's clock: no time at all with FakeClock. Thread-safe.
class MemoryTransport final : public Transport {
 public:
  struct Options {
    std::chrono::milliseconds patience{20000};  // before a stall is Errc::timeout
    std::size_t read_limit = 1 << 20;           // bytes that one Response::read gives at most
  };

  MemoryTransport() : MemoryTransport(Options{}) {}
  explicit MemoryTransport(Options options) : options_(options) {}

  // Serves `origin` ("https://registry.test", as Url::origin() writes it). Unknown ones are Errc::unavailable.
  void serve(const std::string& origin, Handler handler);

  Result<std::unique_ptr<Response>> send(const Context& ctx, const Request& request) noexcept override;

 private:
  Handler handler_of(const std::string& origin) const;

  Options options_;
  mutable std::mutex mutex_;
  std::map<std::string, Handler, std::less<>> handlers_;
};

}  // namespace regtool
