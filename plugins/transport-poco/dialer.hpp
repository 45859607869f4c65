#pragma once
// Everything that it takes to have a new connection: name, address, proxy, TLS.

#include "connection.hpp"
#include "proxy.hpp"
#include "settings.hpp"
#include "tls.hpp"

#include <memory>
#include <optional>
#include <string>

namespace regtool {

// Where a connection leads.
struct Route {
  std::string host;
  std::uint16_t port = 0;
  bool https = false;
  std::optional<Proxy> proxy;

  // "host:port", with brackets around an IPv6 address.
  std::string authority() const;

  // Connections of equal keys may stand in for each other: plain ones to a proxy lead everywhere.
  std::string key() const;

  bool tunnelled() const noexcept { return proxy && https; }
};

// Thread-safe.
class Dialer {
 public:
  explicit Dialer(const TransportSettings& settings) : settings_(settings), tls_(settings.tls) {}

  // Errc::unavailable, timeout or cancelled; or forbidden where TLS or the proxy refuses. Messages name what was
  // dialled.
  Result<std::unique_ptr<Connection>> dial(const Context& ctx, const Route& route);

  Tls& tls() noexcept { return tls_; }

 private:
  Result<Poco::Net::StreamSocket> connect(const Context& ctx, const Route& route, const Deadline& deadline);
  Result<> tunnel(const Context& ctx, const Route& route, Connection& connection, const Deadline& deadline);

  const TransportSettings& settings_;
  Tls tls_;
};

}  // namespace regtool
