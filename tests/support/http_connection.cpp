#include "http_connection.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <vector>

namespace regtool {
namespace {

constexpr std::size_t max_head = 1 << 20;
constexpr std::uint64_t piece_size = 256 << 10;

// Reads requests off a socket; keeps what arrived behind a head.
class RequestReader {
 public:
  explicit RequestReader(const TcpSocket& socket) : socket_(socket) {}

  // The next request line and fields, without the empty line; nothing at the end of the connection.
  std::optional<std::string> head() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == buffer_.npos) {
      if (buffer_.size() > max_head || !fill()) return std::nullopt;
    }
    auto head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    return head;
  }

  std::size_t body(std::span<char> out) {
    if (buffer_.empty()) return socket_.read(out);
    const auto count = std::min(out.size(), buffer_.size());
    std::copy_n(buffer_.begin(), count, out.begin());
    buffer_.erase(0, count);
    return count;
  }

 private:
  bool fill() {
    std::vector<char> bytes(16 << 10);
    const auto count = socket_.read(bytes);
    buffer_.append(bytes.data(), count);
    return count > 0;
  }

  const TcpSocket& socket_;
  std::string buffer_;
};

std::optional<std::uint64_t> body_size(const Headers& headers) {
  const auto lengths = headers.all("Content-Length");
  if (headers.get("Transfer-Encoding") || lengths.size() > 1) return std::nullopt;
  if (lengths.empty()) return 0;
  std::uint64_t size = 0;
  const auto* end = lengths[0].data() + lengths[0].size();
  const auto parsed = std::from_chars(lengths[0].data(), end, size);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(size) : std::nullopt;
}

// Strict, so that what a client gets wrong is seen: nothing for a head that RFC 9112 does not allow.
std::optional<HttpRequest> parse_head(std::string_view head, const std::string& origin) {
  HttpRequest request;
  const auto line = head.substr(0, head.find("\r\n"));
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == line.npos || first == last || line.substr(last) != " HTTP/1.1") return std::nullopt;
  request.method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  if (!target.starts_with('/') || target.find(' ') != target.npos) return std::nullopt;
  request.set_target(origin, target);
  for (auto at = line.size() + 2; at < head.size();) {
    const auto end = head.find("\r\n", at);
    const auto field = head.substr(at, end - at);
    const auto colon = field.find(':');
    if (colon == field.npos || colon == 0 || field[colon - 1] == ' ') return std::nullopt;
    request.headers.add(std::string(field.substr(0, colon)), std::string(trim(field.substr(colon + 1))));
    at = end + 2;
  }
  if (request.headers.all("Host").size() != 1) return std::nullopt;
  return request;
}

std::string head_text(const HttpReply& reply) {
  auto text = fmt::format("HTTP/1.1 {} Status {}\r\n", reply.status, reply.status);
  for (const auto& [name, value] : reply.headers) text += fmt::format("{}: {}\r\n", name, value);
  if (const auto length = told_length(reply)) text += fmt::format("Content-Length: {}\r\n", *length);
  if (reply.faults.framing == Framing::chunked) text += "Transfer-Encoding: chunked\r\n";
  if (reply.faults.close) text += "Connection: close\r\n";
  return text + "\r\n";
}

// Writes one reply, as wrongly as it asks.
class ReplyWriter {
 public:
  ReplyWriter(const TcpSocket& socket, const HttpReply& reply) : socket_(socket), reply_(reply) {}

  // False where the connection is to end.
  bool write(std::string_view method) {
    const auto& faults = reply_.faults;
    if (faults.delay.count() > 0 && !socket_.wait(faults.delay)) return false;
    if (ends_at(Moment::At::before_head)) return false;
    if (faults.raw) return socket_.write(*faults.raw) && false;
    for (const auto status : faults.interim) {
      if (!socket_.write(fmt::format("HTTP/1.1 {} Interim\r\n\r\n", status))) return false;
    }
    const auto head = head_text(reply_);
    if (faults.cut && faults.cut->at == Moment::At::in_head) return socket_.write(half(head)) && end();
    if (faults.stall && faults.stall->at == Moment::At::in_head) return socket_.write(half(head)) && stall();
    if (!socket_.write(head)) return false;
    if (has_body(method, reply_) && !write_body()) return false;
    return !faults.close && !faults.close_unannounced && !faults.declared_length &&
           faults.framing != Framing::until_close;
  }

 private:
  static std::string_view half(std::string_view head) { return head.substr(0, head.size() / 2); }

  bool end() const {
    if (reply_.faults.reset) socket_.reset_on_close();
    return false;
  }

  bool stall() const {
    socket_.wait_until_gone();
    return false;
  }

  bool ends_at(Moment::At at) const {
    if (reply_.faults.cut && reply_.faults.cut->at == at) return !end();
    if (reply_.faults.stall && reply_.faults.stall->at == at) return !stall();
    return false;
  }

  bool write_body() {
    auto body = reply_.body.view();
    for (const auto& moment : {reply_.faults.cut, reply_.faults.stall}) {
      if (moment) body = body.substr(0, moment->body_bytes);
    }
    const auto piece = reply_.faults.pace ? reply_.faults.pace->bytes : piece_size;
    for (; !body.empty(); body.remove_prefix(std::min(piece, body.size()))) {
      if (!write_piece(body.substr(0, piece))) return false;
    }
    if (ends_at(Moment::At::in_body)) return false;
    return reply_.faults.framing != Framing::chunked || socket_.write("0\r\n\r\n");
  }

  bool write_piece(std::string_view piece) {
    if (reply_.faults.pace && !socket_.wait(reply_.faults.pace->every)) return false;
    const bool chunked = reply_.faults.framing == Framing::chunked;
    if (chunked && !socket_.write(fmt::format("{:x}\r\n", piece.size()))) return false;
    if (!socket_.write(piece)) return false;
    if (reply_.sent) *reply_.sent += piece.size();
    return !chunked || socket_.write("\r\n");
  }

  const TcpSocket& socket_;
  const HttpReply& reply_;
};

HttpReply bad_request() {
  HttpReply reply{.status = 400, .body = "not a request that this server understands\n"};
  reply.faults.close = true;
  return reply;
}

// False where the connection is to end.
bool exchange(RequestReader& reader, const TcpSocket& socket, std::string_view head, const std::string& origin,
              const Handler& handler) {
  auto request = parse_head(head, origin);
  const auto size = request ? body_size(request->headers) : std::nullopt;
  if (!size) return ReplyWriter(socket, bad_request()).write("GET");
  const bool expects = equal_ignoring_case(request->header("Expect"), "100-continue");
  request->incoming = std::make_shared<IncomingBody>(*size, [&, told = !expects](std::span<char> out) mutable {
    if (!std::exchange(told, true)) socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    return reader.body(out);
  });
  auto reply = handler(*request);
  request->incoming->first(reply.faults.reads_only.value_or(*size));
  if (request->incoming->unread() > 0) reply.faults.close = true;
  const auto connection = request->header("Connection");
  if (equal_ignoring_case(connection, "close")) reply.faults.close = true;
  return ReplyWriter(socket, reply).write(request->method);
}

}  // namespace

void serve_connection(const TcpSocket& socket, const std::string& origin, const Handler& handler) {
  RequestReader reader(socket);
  try {
    while (const auto head = reader.head()) {
      if (!exchange(reader, socket, *head, origin, handler)) return;
    }
  } catch (const ClientGone&) {
    // Nobody is left to answer.
  }
}

}  // namespace regtool
