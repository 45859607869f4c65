#include "engine/upload_session.hpp"

#include "base/ascii.hpp"
#include "base/http_error.hpp"
#include "engine/content_range.hpp"

namespace regtool {
namespace {

const Headers::Field octet_stream() { return {"Content-Type", "application/octet-stream"}; }

Result<Url> session_url(const std::string& asked, const Response& response) {
  auto location = response.headers().get("Docker-Upload-Location");
  if (!location) location = response.headers().get("Location");
  REGTOOL_TRY_ASSIGN(const auto base, Url::parse(asked));
  if (!location) return fail(Errc::protocol, base.without_query() + ": an upload session without a Location");
  return redirect_target(base, *location);
}

// "X-Signed-Header-Content-Type: x" asks for "Content-Type: x".
Headers signed_headers(const Response& response) {
  constexpr std::string_view prefix = "X-Signed-Header-";
  Headers headers{octet_stream()};
  for (const auto& [name, value] : response.headers()) {
    if (name.size() <= prefix.size() || !equal_ignoring_case(name.substr(0, prefix.size()), prefix)) continue;
    headers.set(name.substr(prefix.size()), value);
  }
  return headers;
}

Request open_request(RegistryClient& client, const Descriptor& what, const QueryPairs& query) {
  return {Method::post,
          client.url("blobs/uploads/" + (query.empty() ? "" : "?" + encode_query(query))),
          {{"X-Redirect-Uploads", "2"}, {"X-Content-Length", std::to_string(what.size)}}};
}

// A registry may hash the whole blob before it answers the request that completes it.
std::chrono::milliseconds time_to_hash(std::uint64_t size) {
  constexpr std::uint64_t bytes_per_ms = 100'000;
  return std::chrono::milliseconds(size / bytes_per_ms);
}

Result<std::unique_ptr<Response>> send_body(const Context& ctx, Transport& transport, Request request,
                                            const Source& source, Range range, Transfer& transfer) {
  Transfer::Attempt attempt(transfer);
  request.body = &source;
  request.body_range = range;
  request.sent = attempt.counter();
  return transport.send(ctx, request);
}

bool is_success(const Response& response) { return response.status() / 100 == 2; }

Result<> expect_success(const Context& ctx, Response& response) {
  if (!is_success(response)) return fail(http_error(ctx, response));
  return {};
}

// Storage behind a registry, which takes bytes by a signed URL.
Result<> put_to_storage(const Context& ctx, Transport& plain, const std::string& url, const Headers& headers,
                        const Source& source, Range range, Transfer& transfer) {
  REGTOOL_TRY_ASSIGN(const auto response, send_body(ctx, plain, {Method::put, url, headers}, source, range, transfer));
  return expect_success(ctx, *response).map_error([](Error error) {
    return std::move(error).in("upload to the registry's storage");
  });
}

}  // namespace

Result<std::optional<UploadSession>> UploadSession::begin(const Context& ctx, RegistryClient& client,
                                                          const Descriptor& what, const std::string& from) {
  const auto& digest = what.digest.text();
  const auto query = from.empty() ? QueryPairs{{"digest", digest}} : QueryPairs{{"mount", digest}, {"from", from}};
  auto request = open_request(client, what, query);
  REGTOOL_TRY_ASSIGN(auto response, client.authorized().send(ctx, request));
  if (response->status() / 100 == 4 && response->status() != 429) {
    // The registry may not know these queries, or may not let us read the repository to mount from.
    request = open_request(client, what, {});
    REGTOOL_TRY_ASSIGN(response, client.authorized().send(ctx, request));
  }
  if (response->status() == 201) return std::nullopt;
  if (response->status() != 202) return fail(http_error(ctx, *response));
  REGTOOL_TRY_ASSIGN(auto url, session_url(request.url, *response));
  UploadSession session(client, what, std::move(url));
  if (const auto direct = response->headers().get("X-Direct-Upload-URL")) {
    REGTOOL_TRY_ASSIGN(const auto target, redirect_target(session.url_, *direct));
    session.direct_url_ = target.text();
    session.direct_headers_ = signed_headers(*response);
  }
  if (const auto least = response->headers().get("OCI-Chunk-Min-Length")) {
    if (auto parsed = parse_number(trim(*least))) session.min_part_size_ = *parsed;
  }
  return session;
}

Result<> UploadSession::put_whole(const Context& ctx, const Source& source, Transfer& transfer) {
  Request request{Method::put, with_query(url_, encode_query({{"digest", what_.digest.text()}})), {octet_stream()}};
  request.extra_patience = time_to_hash(what_.size);
  REGTOOL_TRY_ASSIGN(const auto response,
                     send_body(ctx, client_->authorized(), std::move(request), source, {}, transfer));
  return expect_success(ctx, *response);
}

Result<> UploadSession::put_direct(const Context& ctx, const Source& source, Transfer& transfer) {
  return put_to_storage(ctx, client_->plain(), *direct_url_, direct_headers_, source, {}, transfer);
}

Result<> UploadSession::put_part(const Context& ctx, const std::string& url, const Source& source, Range range,
                                 Transfer& transfer) const {
  return put_to_storage(ctx, client_->plain(), url, {octet_stream()}, source, range, transfer);
}

Result<std::optional<std::string>> UploadSession::patch(const Context& ctx, const Source& source, Range range,
                                                        Transfer& transfer) {
  Request request{Method::patch, url_.text(), {octet_stream()}};
  request.headers.add("Content-Range", std::to_string(range.first) + "-" + std::to_string(range.end() - 1));
  request.headers.add("X-Redirect-Uploads", "1");
  REGTOOL_TRY_ASSIGN(const auto response,
                     send_body(ctx, client_->authorized(), std::move(request), source, range, transfer));
  if (is_success(*response)) {
    REGTOOL_TRY(move_on(*response));
    return std::nullopt;
  }
  if (response->status() != 307) return fail(http_error(ctx, *response));
  const auto location = response->headers().get("Location");
  if (!location) return fail(Errc::protocol, url_.without_query() + ": a redirect without a Location");
  REGTOOL_TRY_ASSIGN(const auto target, redirect_target(url_, *location));
  // Here `Location` is where the part goes; the session goes on at Docker-Upload-Location alone.
  if (response->headers().get("Docker-Upload-Location")) REGTOOL_TRY(move_on(*response));
  return target.text();
}

Result<std::uint64_t> UploadSession::received(const Context& ctx) {
  const Request request{Method::get, url_.text(), {}};
  REGTOOL_TRY_ASSIGN(const auto response, client_->authorized().send(ctx, request));
  REGTOOL_TRY(expect_success(ctx, *response));
  const auto has_next = response->headers().get("Location") || response->headers().get("Docker-Upload-Location");
  if (has_next) REGTOOL_TRY(move_on(*response));
  const auto range = response->headers().get("Range");
  return range ? parse_upload_range(*range) : 0;
}

Result<> UploadSession::complete(const Context& ctx, const std::string& etag) {
  QueryPairs query{{"digest", what_.digest.text()}};
  if (!etag.empty()) query.emplace_back("etag", etag);
  Request request{Method::put, with_query(url_, encode_query(query)), {octet_stream()}};
  request.extra_patience = time_to_hash(what_.size);
  REGTOOL_TRY_ASSIGN(const auto response, client_->authorized().send(ctx, request));
  return expect_success(ctx, *response);
}

Result<> UploadSession::move_on(const Response& response) {
  REGTOOL_TRY_ASSIGN(url_, session_url(url_.text(), response));
  return {};
}

}  // namespace regtool
