#pragma once
// One HTTP exchange as a server's side sees it: what a test's handler is given, and what it answers with. The same
// handler serves LoopbackServer (over a socket) and MemoryTransport (in the process).

#include <regtool/range.hpp>
#include <regtool/transport.hpp>
#include <regtool/url.hpp>

#include "http_faults.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace regtool {

// Thrown where a handler reads a request's body and the client is gone: the exchange is over. Handlers let it pass.
struct ClientGone {};

// A request's body, read when it is first asked for: a handler may answer without having seen all of it.
// Used by one thread.
class IncomingBody {
 public:
  // Gives 0 at the end; throws ClientGone.
  using Read = std::function<std::size_t(std::span<char>)>;

  IncomingBody() = default;
  IncomingBody(std::uint64_t size, Read read) : size_(size), read_(std::move(read)) {}

  // What Content-Length says.
  std::uint64_t size() const noexcept { return size_; }

  // Everything received so far, once there are `count` bytes, or all there is. Throws ClientGone.
  const std::string& first(std::uint64_t count);
  const std::string& whole() { return first(size_); }

  std::uint64_t unread() const noexcept { return size_ - bytes_.size(); }

  // Counts the bytes that were read so far. Outlives this object for whoever keeps it.
  const std::shared_ptr<std::atomic<std::uint64_t>>& received() const noexcept { return received_; }

 private:
  std::uint64_t size_ = 0;
  Read read_;
  std::string bytes_;
  std::shared_ptr<std::atomic<std::uint64_t>> received_ = std::make_shared<std::atomic<std::uint64_t>>(0);
};

struct HttpRequest {
  std::string method;  // as sent: "GET"
  std::string origin;  // of the server that was asked: "http://127.0.0.1:40001"
  std::string target;  // as sent: "/v2/a/blobs/uploads/?digest=…"
  std::string path;    // the target without its query, as sent
  QueryPairs query;    // decoded
  Headers headers;
  std::shared_ptr<IncomingBody> incoming = std::make_shared<IncomingBody>();

  const std::string& body() const { return incoming->whole(); }

  // The first value of that name, or "".
  std::string header(std::string_view name) const { return std::string(headers.get(name).value_or("")); }
  std::string query_value(std::string_view name) const;
  bool has_query(std::string_view name) const;

  // Fills in `path` and `query` as well.
  void set_target(std::string_view origin_of_server, std::string_view target_as_sent);
};

// A part of some shared bytes, so that a large blob is held once however often it is served.
class ReplyBody {
 public:
  ReplyBody() = default;
  ReplyBody(std::string bytes) : ReplyBody(std::make_shared<const std::string>(std::move(bytes))) {}
  ReplyBody(const char* bytes) : ReplyBody(std::string(bytes)) {}
  ReplyBody(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)), range_{0, bytes_->size()} {}
  ReplyBody(std::shared_ptr<const std::string> bytes, Range range) : bytes_(std::move(bytes)), range_(range) {}

  std::string_view view() const noexcept {
    return bytes_ ? std::string_view(*bytes_).substr(range_.first, range_.length) : std::string_view();
  }
  std::uint64_t size() const noexcept { return view().size(); }

 private:
  std::shared_ptr<const std::string> bytes_;
  Range range_{};
};

struct HttpReply {
  int status = 200;
  Headers headers{};  // without Content-Length and Transfer-Encoding, which follow from the body and the faults
  ReplyBody body{};   // left out where the request was a HEAD or the status has none, but its length is still told
  Faults faults{};

  // Where set: the body's bytes are added here as they leave.
  std::shared_ptr<std::atomic<std::uint64_t>> sent{};

  HttpReply with(Faults with_faults) && {
    faults = std::move(with_faults);
    return std::move(*this);
  }
};

// Called by many threads at once.
using Handler = std::function<HttpReply(const HttpRequest&)>;

// The body's length as the head of the answer tells it; nothing where it is chunked, ends with the connection, or the
// status has no length.
std::optional<std::uint64_t> told_length(const HttpReply& reply);

// True if neither a HEAD nor the status (1xx, 204, 304) forbids a body.
bool has_body(std::string_view method, const HttpReply& reply);

}  // namespace regtool
