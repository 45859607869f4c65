#include "fake_registry.hpp"

#include "digest_of.hpp"
#include "registry_replies.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <utility>
#include <vector>

namespace regtool {
namespace {

// "/v2/<repository>/<kind>/<rest>".
struct Route {
  std::string repository, kind, rest;
};

std::optional<Route> parse_route(std::string_view path) {
  constexpr std::string_view root = "/v2/";
  if (!path.starts_with(root)) return std::nullopt;
  for (const std::string_view kind : {"/blobs/uploads/", "/blobs/", "/manifests/", "/chunksums/", "/tags/"}) {
    const auto at = path.find(kind, root.size());
    if (at == path.npos) continue;
    return Route{std::string(path.substr(root.size(), at - root.size())), std::string(kind),
                 std::string(path.substr(at + kind.size()))};
  }
  return std::nullopt;
}

std::vector<Access> needs(const HttpRequest& request, const Route& route) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  std::vector<Access> needed{{route.repository, reads && route.kind != "/blobs/uploads/" ? "pull" : "push"}};
  if (const auto from = request.query_value("from"); !from.empty()) needed.push_back({from, "pull"});
  return needed;
}

// Every digest that a manifest names, without reading it as JSON: hostile manifests are stored like any other.
std::vector<std::string> digests_in(std::string_view manifest) {
  constexpr std::size_t length = 7 + 64;
  std::vector<std::string> digests;
  for (auto at = manifest.find("sha256:"); at != manifest.npos; at = manifest.find("sha256:", at + 1)) {
    if (const auto digest = Digest::parse(manifest.substr(at, length))) digests.push_back(digest->text());
  }
  return digests;
}

HttpReply not_found() { return registry_error(404, "NOT_FOUND", "no such endpoint"); }

}  // namespace

FakeRegistry::FakeRegistry(FakeRegistryOptions options)
    : options_(std::move(options)),
      auth_(options_.auth),
      cdn_(options_.cdn),
      uploads_(options_.uploads, content_, cdn_) {}

Handler FakeRegistry::handler() {
  return [this](const HttpRequest& request) {
    return log_.record(request, [this](const HttpRequest& logged) {
      return plan_.answer(logged, [this](const HttpRequest& planned) { return route(planned); });
    });
  };
}

HttpReply FakeRegistry::route(const HttpRequest& request) {
  if (request.path == "/v2/token") return auth_.issue(request);
  if (request.path == "/v2/") return {.status = options_.ping_status};
  return request.path.starts_with("/cdn/") ? serve_cdn(request) : serve_registry(request);
}

HttpReply FakeRegistry::serve_registry(const HttpRequest& request) {
  const auto route = parse_route(request.path);
  if (!route) return not_found();
  if (auto refusal = auth_.refusal(request, needs(request, *route))) return std::move(*refusal);
  const auto& [repository, kind, rest] = *route;
  if (kind == "/blobs/uploads/") {
    if (!rest.empty()) return uploads_.session(request, repository, rest);
    return request.method == "POST" ? uploads_.start(request, repository) : not_found();
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (kind == "/manifests/")
    return reads ? manifest(request, repository, rest) : put_manifest(request, repository, rest);
  if (!reads) return registry_error(405, "UNSUPPORTED", "the operation is unsupported");
  if (kind == "/blobs/") return blob(request, repository, rest);
  if (kind == "/chunksums/") return chunksums(request, repository, rest);
  return tags(request, repository);
}

HttpReply FakeRegistry::serve_cdn(const HttpRequest& request) {
  if (auto refusal = cdn_.refusal(request)) return std::move(*refusal);
  constexpr std::string_view uploads = "/cdn/uploads/", blobs = "/cdn/blobs/";
  if (request.path.starts_with(uploads)) return uploads_.cdn_part(request, request.path.substr(uploads.size()));
  const auto bytes = content_.blob(request.path.substr(blobs.size()));
  return bytes ? ranged_reply(request, bytes, options_.cdn.ranges) : HttpReply{.status = 404};
}

HttpReply FakeRegistry::blob(const HttpRequest& request, const std::string& repository, const std::string& digest) {
  const auto bytes = content_.blob(repository, digest);
  if (!bytes) return registry_error(404, "BLOB_UNKNOWN", "blob unknown to registry");
  if (options_.redirects_blobs != 0 && (request.method == "GET" || options_.redirects_head)) {
    const auto url = cdn_.sign(request.method, "/cdn/blobs/" + digest, request.origin);
    return {.status = options_.redirects_blobs, .headers = {{"Location", url}}, .body = "redirected"};
  }
  auto reply = ranged_reply(request, bytes, options_.ranges);
  reply.headers.add(options_.digest_header, digest);
  return reply;
}

HttpReply FakeRegistry::chunksums(const HttpRequest& request, const std::string& repository,
                                  const std::string& digest) {
  const auto bytes = content_.blob(repository, digest);
  if (!bytes || options_.chunksums_of == 0) return not_found();
  std::string lines;
  for (std::uint64_t first = 0; first < bytes->size(); first += options_.chunksums_of) {
    const auto chunk = std::string_view(*bytes).substr(first, options_.chunksums_of);
    lines += fmt::format("{} {}-{}\n", digest_of(chunk).text(), first, first + chunk.size() - 1);
  }
  const auto url = options_.redirects_blobs != 0 ? cdn_.sign("GET", "/cdn/blobs/" + digest, request.origin)
                                                 : fmt::format("{}/v2/{}/blobs/{}", request.origin, repository, digest);
  return {.headers = {{"Content-Type", "text/plain"}, {"Content-Location", url}}, .body = lines};
}

HttpReply FakeRegistry::manifest(const HttpRequest&, const std::string& repository, const std::string& reference) {
  const auto stored = content_.manifest(repository, reference);
  if (!stored) return registry_error(404, "MANIFEST_UNKNOWN", "manifest unknown");
  return {.headers = {{"Content-Type", options_.manifest_type.empty() ? stored->media_type : options_.manifest_type},
                      {options_.digest_header, digest_of(stored->bytes).text()}},
          .body = stored->bytes};
}

HttpReply FakeRegistry::put_manifest(const HttpRequest& request, const std::string& repository,
                                     const std::string& reference) {
  if (request.method != "PUT") return registry_error(405, "UNSUPPORTED", "the operation is unsupported");
  for (const auto& digest : digests_in(request.body())) {
    if (!content_.blob(repository, digest)) return registry_error(400, "MANIFEST_BLOB_UNKNOWN", digest);
  }
  const auto digest =
      content_.put_manifest(repository, reference, {request.body(), request.header("Content-Type")}).text();
  return {.status = 201,
          .headers = {{"Location", fmt::format("/v2/{}/manifests/{}", repository, digest)},
                      {options_.digest_header, digest}}};
}

HttpReply FakeRegistry::tags(const HttpRequest& request, const std::string& repository) {
  auto tags = content_.tags(repository);
  if (tags.empty()) return registry_error(404, "NAME_UNKNOWN", "repository name not known to registry");
  tags.erase(tags.begin(), std::upper_bound(tags.begin(), tags.end(), request.query_value("last")));
  const auto page = options_.tags_a_page == 0 ? tags.size() : std::min(options_.tags_a_page, tags.size());
  HttpReply reply{.headers = {{"Content-Type", "application/json"}}};
  if (page < tags.size()) {
    const auto next = encode_query({{"last", tags[page - 1]}, {"n", std::to_string(page)}});
    reply.headers.add("Link", fmt::format("</v2/{}/tags/list?{}>; rel=\"next\"", repository, next));
  }
  tags.resize(page);
  std::string list;
  for (const auto& tag : tags) list += fmt::format("{}\"{}\"", list.empty() ? "" : ",", tag);
  reply.body = fmt::format(R"({{"name":"{}","tags":[{}]}})", repository, list);
  return reply;
}

}  // namespace regtool
