#include "memory_transport.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace regtool {
namespace {

tl::unexpected<Error> cancelled() { return fail(Errc::cancelled, "cancelled"); }

// Thrown through a handler that asks for a body which cannot be read.
struct SourceFailed {
  Error error;
};

// Feeds a request's body to the handler, as far as it asks for it.
class BodySender {
 public:
  BodySender(Context ctx, const Request& request)
      : ctx_(std::move(ctx)), request_(request), range_(request.body_range) {
    if (request.body && range_.empty()) range_ = {0, request.body->size()};
  }

  std::uint64_t size() const noexcept { return range_.length; }

  std::size_t operator()(std::span<char> out) {
    if (ctx_.stop.stop_requested()) throw ClientGone();
    const auto wanted = std::min<std::uint64_t>(out.size(), range_.length);
    const auto got = request_.body->read_at(range_.first, std::as_writable_bytes(out.first(wanted)));
    if (!got) throw SourceFailed{got.error()};
    if (*got == 0) throw SourceFailed{{Errc::io, "the source is shorter than it said"}};
    range_ = {range_.first + *got, range_.length - *got};
    if (request_.sent) *request_.sent += *got;
    return *got;
  }

 private:
  Context ctx_;
  const Request& request_;
  Range range_;
};

class MemoryResponse final : public Response {
 public:
  MemoryResponse(Context ctx, MemoryTransport::Options options, bool with_body, HttpReply reply)
      : ctx_(std::move(ctx)), options_(options), reply_(std::move(reply)) {
    const auto& faults = reply_.faults;
    if (const auto length = told_length(reply_)) {
      reply_.headers.add("Content-Length", std::to_string(*length));
    } else if (faults.framing == Framing::chunked) {
      reply_.headers.add("Transfer-Encoding", "chunked");
    }
    if (!with_body) return;
    left_ = reply_.body.view().substr(0, faults.declared_length.value_or(reply_.body.size()));
    short_ = faults.declared_length && *faults.declared_length > left_.size();
    for (const auto& moment : {faults.cut, faults.stall}) {
      if (moment) left_ = left_.substr(0, moment->body_bytes);
    }
    // The end of the connection is an end like any other to a body that is told no length.
    cut_ = faults.cut && faults.framing != Framing::until_close;
    stalls_ = faults.stall.has_value();
  }

  int status() const noexcept override { return reply_.status; }
  const Headers& headers() const noexcept override { return reply_.headers; }

  Result<std::size_t> read(std::span<std::byte> out) noexcept override {
    if (ctx_.stop.stop_requested()) return cancelled();
    if (left_.empty()) return end();
    auto count = std::min({out.size(), left_.size(), options_.read_limit});
    if (const auto& pace = reply_.faults.pace) {
      if (!ctx_.clock.sleep(pace->every, ctx_.stop)) return cancelled();
      count = std::min<std::size_t>(count, pace->bytes);
    }
    std::memcpy(out.data(), left_.data(), count);
    left_.remove_prefix(count);
    if (reply_.sent) *reply_.sent += count;
    return count;
  }

 private:
  Result<std::size_t> end() {
    if (stalls_) {
      if (!ctx_.clock.sleep(options_.patience, ctx_.stop)) return cancelled();
      return fail(Errc::timeout, "the server sends nothing any more");
    }
    if (cut_ || short_) return fail(Errc::unavailable, "the connection ended in the middle of the body");
    return 0;
  }

  Context ctx_;
  MemoryTransport::Options options_;
  HttpReply reply_;
  std::string_view left_;
  bool cut_ = false, stalls_ = false, short_ = false;
};

bool before_body(const std::optional<Moment>& moment) { return moment && moment->at != Moment::At::in_body; }

// What goes wrong before there is a Response.
Result<> check_head(const Context& ctx, const Faults& faults, std::chrono::milliseconds patience) {
  if (faults.delay.count() > 0 && !ctx.clock.sleep(std::min(faults.delay, patience), ctx.stop)) return cancelled();
  if (faults.delay > patience) return fail(Errc::timeout, "the server does not answer");
  if (before_body(faults.cut)) return fail(Errc::unavailable, "the server closed the connection without an answer");
  if (before_body(faults.stall)) {
    if (!ctx.clock.sleep(patience, ctx.stop)) return cancelled();
    return fail(Errc::timeout, "the server does not answer");
  }
  if (faults.raw) return fail(Errc::protocol, "the answer is not HTTP");
  if (ctx.stop.stop_requested()) return cancelled();
  return {};
}

HttpRequest as_seen_by_server(const Request& request, const Url& url, const BodySender& body) {
  HttpRequest seen;
  seen.method = to_string(request.method);
  seen.set_target(url.origin(), url.target());
  seen.headers = request.headers;
  seen.headers.set("Host", url.origin().substr(url.origin().find("//") + 2));
  const bool method_has_body =
      request.method == Method::post || request.method == Method::put || request.method == Method::patch;
  if (request.body || method_has_body) seen.headers.set("Content-Length", std::to_string(body.size()));
  seen.incoming = std::make_shared<IncomingBody>(body.size(), body);
  return seen;
}

}  // namespace

void MemoryTransport::serve(const std::string& origin, Handler handler) {
  const std::lock_guard lock(mutex_);
  handlers_[origin] = std::move(handler);
}

Handler MemoryTransport::handler_of(const std::string& origin) const {
  const std::lock_guard lock(mutex_);
  const auto found = handlers_.find(origin);
  return found == handlers_.end() ? nullptr : found->second;
}

Result<std::unique_ptr<Response>> MemoryTransport::send(const Context& ctx, const Request& request) noexcept {
  if (ctx.stop.stop_requested()) return cancelled();
  REGTOOL_TRY_ASSIGN(const auto url, Url::parse(request.url));
  const auto handler = handler_of(url.origin());
  if (!handler) return fail(Errc::unavailable, "nobody serves " + url.origin());
  try {
    const auto seen = as_seen_by_server(request, url, BodySender(ctx, request));
    auto reply = handler(seen);
    seen.incoming->first(reply.faults.reads_only.value_or(seen.incoming->size()));
    REGTOOL_TRY(check_head(ctx, reply.faults, options_.patience));
    const bool with_body = has_body(seen.method, reply);
    return std::make_unique<MemoryResponse>(ctx, options_, with_body, std::move(reply));
  } catch (const ClientGone&) {
    return cancelled();
  } catch (const SourceFailed& failure) {
    return fail(failure.error);
  }
}

}  // namespace regtool
