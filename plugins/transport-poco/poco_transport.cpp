#include "poco_transport.hpp"

#include "body_reader.hpp"
#include "connection_pool.hpp"
#include "dialer.hpp"
#include "exchange.hpp"
#include "request_head.hpp"

#include <exception>

namespace regtool {
namespace {

// What both the transport and its answers work with.
struct Shared {
  Shared(TransportSettings given, ProxyRules rules)
      : settings(std::move(given)),
        proxies(std::move(rules)),
        dialer(settings),
        pool(settings.connections, settings.keep_alive) {}

  void give_back(const Route& route, std::unique_ptr<Connection> connection, const Clock& clock) {
    if (route.https) dialer.tls().remember(connection->socket(), route.host, route.port);
    pool.give_back(route.key(), std::move(connection), clock.now());
  }

  const TransportSettings settings;
  const ProxyRules proxies;
  Dialer dialer;
  ConnectionPool pool;
};

template <class Function>
auto without_exceptions(Function function) noexcept -> decltype(function()) {
  try {
    return function();
  } catch (const std::exception& error) {
    return fail(Errc::internal, std::string("HTTP: ") + error.what());
  }
}

class PocoResponse final : public Response {
 public:
  PocoResponse(const Context& ctx, Shared& shared, Route route, std::unique_ptr<Connection> connection,
               ResponseHead head, BodyReader body)
      : ctx_(ctx),
        shared_(shared),
        route_(std::move(route)),
        connection_(std::move(connection)),
        head_(std::move(head)),
        body_(body) {
    release_if_done();
  }

  int status() const noexcept override { return head_.status; }
  const Headers& headers() const noexcept override { return head_.headers; }

  Result<std::size_t> read(std::span<std::byte> out) noexcept override {
    return without_exceptions([&]() -> Result<std::size_t> {
      if (failure_) return fail(*failure_);
      if (!connection_) return 0;
      auto count = body_.read(ctx_, *connection_, out);
      if (count) {
        release_if_done();
        return count;
      }
      connection_.reset();
      failure_ = std::move(count).error().in("read from " + route_.authority());
      return fail(*failure_);
    });
  }

 private:
  void release_if_done() {
    if (body_.ends_with_connection()) head_.persistent = false;
    if (!body_.done()) return;
    if (head_.persistent) {
      shared_.give_back(route_, std::move(connection_), ctx_.clock);
    } else {
      connection_.reset();
    }
  }

  const Context ctx_;
  Shared& shared_;
  const Route route_;
  std::unique_ptr<Connection> connection_;  // null once the body is read, or has failed
  ResponseHead head_;
  BodyReader body_;
  std::optional<Error> failure_;
};

class PocoTransport final : public Transport {
 public:
  explicit PocoTransport(std::unique_ptr<Shared> shared) : shared_(std::move(shared)) {}

  Result<std::unique_ptr<Response>> send(const Context& ctx, const Request& request) noexcept override {
    return without_exceptions([&]() -> Result<std::unique_ptr<Response>> {
      REGTOOL_TRY_ASSIGN(const auto url, Url::parse(request.url));
      Route route{url.host(), url.port(), url.is_https(), shared_->proxies.choose(url)};
      const auto* const proxy = route.proxy && !route.https ? &*route.proxy : nullptr;
      REGTOOL_TRY_ASSIGN(const auto head, request_head(request, url, proxy));
      if (auto idle = shared_->pool.take(route.key(), ctx.clock.now())) {
        bool repeat = false;
        auto response = attempt(ctx, request, route, head, std::move(idle), &repeat);
        if (!repeat) return response;
      }
      REGTOOL_TRY_ASSIGN(auto fresh, shared_->dialer.dial(ctx, route));
      return attempt(ctx, request, route, head, std::move(fresh), nullptr);
    });
  }

 private:
  // `repeat` is set only for a connection that was used before: whether to try again with another.
  Result<std::unique_ptr<Response>> attempt(const Context& ctx, const Request& request, const Route& route,
                                            const std::string& head, std::unique_ptr<Connection> connection,
                                            bool* repeat) {
    const auto sent = connection->sent();
    const auto received = connection->received();
    const auto doing = "request to " + route.authority();
    auto exchanged =
        exchange(ctx, *connection, head, request, shared_->settings.first_byte_timeout + request.extra_patience);
    if (!exchanged) {
      if (repeat != nullptr) {
        *repeat = may_repeat({request.method, exchanged.error().code, true, connection->sent() - sent,
                              connection->received() - received});
      }
      return fail(std::move(exchanged).error().in(doing));
    }
    if (!exchanged->body_sent || wants_close(request)) exchanged->head.persistent = false;
    auto body = BodyReader::make(exchanged->head, request.method);
    if (!body) return fail(std::move(body).error().in(doing));
    return std::make_unique<PocoResponse>(ctx, *shared_, route, std::move(connection), std::move(exchanged->head),
                                          *body);
  }

  static bool wants_close(const Request& request) { return lists_token(request.headers, "Connection", "close"); }

  const std::unique_ptr<Shared> shared_;
};

}  // namespace

Result<std::unique_ptr<Transport>> make_poco_transport(const TransportSettings& settings,
                                                       const Environment& environment) {
  REGTOOL_TRY_ASSIGN(auto proxies, ProxyRules::make(settings.proxy, environment));
  auto shared = std::make_unique<Shared>(settings, std::move(proxies));
  const auto& tls = settings.tls;
  if (!tls.ca.empty() || !tls.client_cert.empty() || !tls.client_key.empty()) REGTOOL_TRY(shared->dialer.tls().load());
  return std::make_unique<PocoTransport>(std::move(shared));
}

}  // namespace regtool
