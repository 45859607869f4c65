#include "http_handler.hpp"

#include <algorithm>

namespace regtool {

const std::string& IncomingBody::first(std::uint64_t count) {
  const auto wanted = std::min(count, size_);
  while (bytes_.size() < wanted) {
    constexpr std::uint64_t piece = 1 << 20;
    const auto have = bytes_.size();
    bytes_.resize(have + std::min(piece, wanted - have));
    const auto got = read_(std::span(bytes_).subspan(have));
    bytes_.resize(have + got);
    *received_ += got;
    if (got == 0) throw ClientGone();
  }
  return bytes_;
}

std::string HttpRequest::query_value(std::string_view name) const {
  const auto found = std::find_if(query.begin(), query.end(), [&](const auto& pair) { return pair.first == name; });
  return found == query.end() ? std::string() : found->second;
}

bool HttpRequest::has_query(std::string_view name) const {
  return std::any_of(query.begin(), query.end(), [&](const auto& pair) { return pair.first == name; });
}

void HttpRequest::set_target(std::string_view origin_of_server, std::string_view target_as_sent) {
  origin = origin_of_server;
  target = target_as_sent;
  path = target.substr(0, target.find('?'));
  if (const auto url = Url::parse(origin + target)) query = decode_query(*url);
}

namespace {

bool status_has_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

std::optional<std::uint64_t> told_length(const HttpReply& reply) {
  if (reply.faults.declared_length) return reply.faults.declared_length;
  if (reply.faults.framing != Framing::length || !status_has_body(reply.status)) return std::nullopt;
  return reply.body.size();
}

bool has_body(std::string_view method, const HttpReply& reply) {
  return method != "HEAD" && status_has_body(reply.status);
}

}  // namespace regtool
