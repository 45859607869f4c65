#include "body_reader.hpp"

#include <charconv>
#include <optional>

namespace regtool {
namespace {

constexpr std::size_t max_chunk_line = 4096;

Result<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t length = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, length);
  // The largest value means something else here, and no server has that much.
  if (parsed.ec != std::errc() || parsed.ptr != end || length > std::numeric_limits<std::int64_t>::max()) {
    return fail(Errc::protocol, "the answer has a bad Content-Length");
  }
  return length;
}

Result<std::optional<std::uint64_t>> content_length(const Headers& headers) {
  std::optional<std::uint64_t> length;
  for (const auto value : headers.all("Content-Length")) {
    REGTOOL_TRY_ASSIGN(const auto one, parse_length(value));
    if (length && *length != one) return fail(Errc::protocol, "the answer has two different Content-Lengths");
    length = one;
  }
  return length;
}

// "1a2b;extension": RFC 9112, section 7.1.
Result<std::uint64_t> parse_chunk_size(std::string_view line) {
  std::uint64_t size = 0;
  const auto* const end = line.data() + line.size();
  const auto parsed = std::from_chars(line.data(), end, size, 16);
  const bool ends = parsed.ptr == end || *parsed.ptr == ';' || *parsed.ptr == ' ' || *parsed.ptr == '\t';
  if (parsed.ec != std::errc() || !ends || size > std::numeric_limits<std::int64_t>::max()) {
    return fail(Errc::protocol, "the body has a bad chunk");
  }
  return size;
}

}  // namespace

Result<BodyReader> BodyReader::make(const ResponseHead& head, Method method) {
  if (method == Method::head || head.status < 200 || head.status == 204 || head.status == 304) {
    return BodyReader(0, false);
  }
  if (const auto encoding = head.headers.get("Transfer-Encoding")) {
    if (lists_token(head.headers, "Transfer-Encoding", "chunked") && encoding->find(',') == encoding->npos &&
        head.headers.all("Transfer-Encoding").size() == 1) {
      return BodyReader(0, true);
    }
    return fail(Errc::protocol, "the answer has a transfer encoding other than \"chunked\"");
  }
  REGTOOL_TRY_ASSIGN(const auto length, content_length(head.headers));
  return BodyReader(length.value_or(until_close), false);
}

Result<> BodyReader::next_chunk(const Context& ctx, Connection& connection) {
  const auto deadline = Deadline::after(ctx.clock, connection.idle_timeout());
  if (!first_chunk_) {
    REGTOOL_TRY_ASSIGN(const auto end, connection.read_line(ctx, max_chunk_line, deadline));
    if (!end.empty()) return fail(Errc::protocol, "the body has a bad chunk");
  }
  first_chunk_ = false;
  REGTOOL_TRY_ASSIGN(const auto line, connection.read_line(ctx, max_chunk_line, deadline));
  REGTOOL_TRY_ASSIGN(left_, parse_chunk_size(line));
  if (left_ > 0) return {};
  for (std::size_t size = 0;;) {  // trailers, which nobody here asked for
    REGTOOL_TRY_ASSIGN(const auto trailer, connection.read_line(ctx, max_head_size - size, deadline));
    if (trailer.empty()) break;
    size += trailer.size();
  }
  chunked_ = false;
  return {};
}

Result<std::size_t> BodyReader::read(const Context& ctx, Connection& connection, std::span<std::byte> out) {
  if (chunked_ && left_ == 0) REGTOOL_TRY(next_chunk(ctx, connection));
  if (left_ == 0 || out.empty()) return 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, out.size()));
  REGTOOL_TRY_ASSIGN(const auto count, connection.read(ctx, out.first(wanted)));
  if (ends_with_connection()) {
    if (count == 0) left_ = 0;
    return count;
  }
  if (count == 0) return fail(Errc::unavailable, "the connection was closed before the body's end");
  left_ -= count;
  return count;
}

}  // namespace regtool
