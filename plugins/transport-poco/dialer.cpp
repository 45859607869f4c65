#include "dialer.hpp"

#include "connector.hpp"
#include "resolver.hpp"
#include "response_head.hpp"

namespace regtool {
namespace {

std::string join(const std::string& host, std::uint16_t port) {
  return (host.find(':') == host.npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

Result<> accept_tunnel(int status) {
  if (status >= 200 && status < 300) return {};
  const auto code = std::to_string(status);
  if (status == 407) {
    return fail(Errc::forbidden, "the proxy asks for credentials (status 407): put user and password into its URL");
  }
  if (status >= 500) return fail(Errc::unavailable, "the proxy cannot reach it (status " + code + ")");
  return fail(Errc::forbidden, "the proxy refuses (status " + code + ")");
}

}  // namespace

std::string Route::authority() const { return join(host, port); }

std::string Route::key() const {
  const auto via = proxy ? " via " + join(proxy->host, proxy->port) : "";
  if (proxy && !https) return "http" + via;
  return (https ? "https " : "http ") + authority() + via;
}

Result<Poco::Net::StreamSocket> Dialer::connect(const Context& ctx, const Route& route, const Deadline& deadline) {
  const auto& host = route.proxy ? route.proxy->host : route.host;
  const auto port = route.proxy ? route.proxy->port : route.port;
  auto addresses = resolve(ctx, host, deadline);
  if (!addresses) return fail(std::move(addresses).error().in("look up " + host));
  std::vector<Poco::Net::SocketAddress> ends;
  for (const auto& address : *addresses) ends.emplace_back(address, port);
  auto socket = connect_first(ctx, ends, deadline);
  if (!socket) {
    return fail(
        std::move(socket).error().in((route.proxy ? "connect to the proxy " : "connect to ") + join(host, port)));
  }
  return socket;
}

// RFC 9110, section 9.3.6.
Result<> Dialer::tunnel(const Context& ctx, const Route& route, Connection& connection, const Deadline& deadline) {
  auto request = "CONNECT " + route.authority() + " HTTP/1.1\r\nHost: " + route.authority() + "\r\n";
  if (!route.proxy->authorization.empty()) request += "Proxy-Authorization: " + route.proxy->authorization + "\r\n";
  REGTOOL_TRY(connection.write(ctx, request + "\r\n"));
  REGTOOL_TRY_ASSIGN(const auto answer, read_response_head(ctx, connection, deadline));
  REGTOOL_TRY(accept_tunnel(answer.status));
  // A server of TLS never speaks first: bytes here are the proxy's, and do not belong into the tunnel.
  if (connection.has_buffered()) return fail(Errc::protocol, "the proxy sent something that was not asked for");
  return {};
}

Result<std::unique_ptr<Connection>> Dialer::dial(const Context& ctx, const Route& route) {
  const auto deadline = Deadline::after(ctx.clock, settings_.connect_timeout);
  REGTOOL_TRY_ASSIGN(auto socket, connect(ctx, route, deadline));
  auto connection = std::make_unique<Connection>(socket, settings_.idle_timeout);
  if (route.tunnelled()) {
    auto open = tunnel(ctx, route, *connection, deadline);
    if (!open) {
      const auto proxy = join(route.proxy->host, route.proxy->port);
      return fail(std::move(open).error().in("connect to " + route.authority() + " through the proxy " + proxy));
    }
  }
  if (!route.https) return connection;
  auto secure = tls_.handshake(ctx, socket, route.host, route.port, deadline);
  if (!secure) return fail(std::move(secure).error().in("TLS with " + route.authority()));
  return std::make_unique<Connection>(std::move(*secure), settings_.idle_timeout);
}

}  // namespace regtool
