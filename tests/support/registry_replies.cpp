#include "registry_replies.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace regtool {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// RFC 9110, section 14.1.2: "bytes=a-b", "bytes=a-" and "bytes=-n". An empty range cannot be satisfied.
std::optional<Range> parse_range(std::string_view text, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  const auto dash = text.find('-');
  if (!text.starts_with(unit) || dash == text.npos || text.find(',') != text.npos) return std::nullopt;
  const auto first = parse_number(text.substr(unit.size(), dash - unit.size()));
  const auto last = parse_number(text.substr(dash + 1));
  if (!first && !last) return std::nullopt;
  if (!first) return Range{size - std::min(*last, size), std::min(*last, size)};
  if (*first >= size || (last && *last < *first)) return Range{};
  return Range{*first, (last ? std::min(*last + 1, size) : size) - *first};
}

}  // namespace

HttpReply registry_error(int status, std::string_view code, std::string_view message) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = fmt::format(R"({{"errors":[{{"code":"{}","message":"{}","detail":null}}]}})", code, message)};
}

HttpReply ranged_reply(const HttpRequest& request, const SharedBytes& bytes, bool honours_ranges) {
  HttpReply reply{.headers = {{"Content-Type", "application/octet-stream"}}, .body = bytes};
  if (!honours_ranges) return reply;
  reply.headers.add("Accept-Ranges", "bytes");
  const auto range = parse_range(request.header("Range"), bytes->size());
  if (!range) return reply;
  if (range->empty()) {
    reply.status = 416;
    reply.headers.add("Content-Range", fmt::format("bytes */{}", bytes->size()));
    reply.body = {};
    return reply;
  }
  reply.status = 206;
  reply.headers.add("Content-Range", fmt::format("bytes {}-{}/{}", range->first, range->end() - 1, bytes->size()));
  reply.body = {bytes, *range};
  return reply;
}

std::optional<Range> parse_inclusive(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto first = parse_number(text.substr(0, dash));
  const auto last = parse_number(text.substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return Range{*first, *last + 1 - *first};
}

}  // namespace regtool
