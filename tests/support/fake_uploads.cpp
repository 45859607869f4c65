#include "fake_uploads.hpp"

#include <regtool/encoding.hpp>

#include "digest_of.hpp"
#include "registry_replies.hpp"

#include <fmt/format.h>

namespace regtool {
namespace {

HttpReply unknown_session() { return registry_error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry"); }

HttpReply created(const std::string& repository, const std::string& digest) {
  return {
      .status = 201,
      .headers = {{"Location", fmt::format("/v2/{}/blobs/{}", repository, digest)}, {"Docker-Content-Digest", digest}}};
}

// protocol.md: the hex MD5 of the parts' binary MD5s, and how many there are.
std::string etag_of(const std::map<std::uint64_t, std::string>& parts) {
  std::string md5s;
  for (const auto& [first, bytes] : parts) md5s += md5_of(bytes);
  return fmt::format("{}-{}", to_hex(as_bytes(md5_of(md5s))), parts.size());
}

// Nothing where they do not follow each other without a gap.
std::optional<std::string> joined(const std::map<std::uint64_t, std::string>& parts) {
  std::string whole;
  for (const auto& [first, bytes] : parts) {
    if (first != whole.size()) return std::nullopt;
    whole += bytes;
  }
  return whole;
}

}  // namespace

HttpReply FakeUploads::start(const HttpRequest& request, const std::string& repository) {
  const auto mount = request.query_value("mount");
  if (!mount.empty() && options_.mounts && content_.mount(mount, request.query_value("from"), repository)) {
    return created(repository, mount);
  }
  const auto digest = request.query_value("digest");
  if (options_.knows_what_is_there && content_.blob(repository, digest)) return created(repository, digest);

  const std::lock_guard lock(mutex_);
  const auto id = fmt::format("session-{}", ++started_);
  sessions_[id] = {.repository = repository};
  auto reply = session_reply(request, id, 202);
  if (options_.chunk_min_length != 0) {
    reply.headers.add("OCI-Chunk-Min-Length", std::to_string(options_.chunk_min_length));
  }
  const bool able = request.header("X-Redirect-Uploads") == "2" && request.headers.get("X-Content-Length");
  if (options_.offer == UploadOffer::direct && able) {
    reply.headers.add("X-Direct-Upload-URL", cdn_.sign("PUT", "/cdn/uploads/" + id + "/0", request.origin));
    for (const auto& [name, value] : cdn_.options().headers) reply.headers.add("X-Signed-Header-" + name, value);
  }
  return reply;
}

HttpReply FakeUploads::session(const HttpRequest& request, const std::string& repository, const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_current(request, id) || sessions_[id].repository != repository) return unknown_session();
    if (request.method == "GET") return session_reply(request, id, 204);
    if (request.method == "DELETE") {
      sessions_.erase(id);
      return {.status = 204};
    }
  }
  if (request.method == "PATCH") return patch(request, id);
  if (request.method == "PUT") return finish(request, id);
  return registry_error(405, "UNSUPPORTED", "the operation is unsupported");
}

HttpReply FakeUploads::patch(const HttpRequest& request, const std::string& id) {
  Range range{0, request.incoming->size()};
  const auto told = request.headers.get("Content-Range");
  {
    const std::lock_guard lock(mutex_);
    range.first = sessions_[id].next;
  }
  const auto next = range.first;
  if (told) {
    const auto parsed = parse_inclusive(*told);
    if (!parsed || parsed->length != range.length) {
      return registry_error(400, "SIZE_INVALID", "Content-Range and Content-Length do not fit");
    }
    range = *parsed;
  }
  const bool redirected = options_.offer == UploadOffer::redirected_parts && request.headers.get("X-Redirect-Uploads");
  if (redirected) return redirect_part(request, id, range);
  if (range.first != next) {
    const std::lock_guard lock(mutex_);
    return session_reply(request, id, 416);
  }
  return take_part(request, id, range);
}

HttpReply FakeUploads::redirect_part(const HttpRequest& request, const std::string& id, Range range) {
  if (!options_.redirects_early) request.body();
  const std::lock_guard lock(mutex_);
  auto& session = sessions_[id];
  ++session.state;
  session.next = std::max(session.next, range.end());
  auto reply = session_reply(request, id, 307);
  if (const auto next = reply.headers.get("Location")) {
    if (!options_.docker_upload_location) reply.headers.add("Docker-Upload-Location", std::string(*next));
  }
  const auto path = fmt::format("/cdn/uploads/{}/{}", id, range.first);
  reply.headers.set("Location", cdn_.sign("PUT", path, request.origin));
  if (options_.redirects_early) reply.faults.reads_only = 0;
  return reply;
}

HttpReply FakeUploads::take_part(const HttpRequest& request, const std::string& id, Range range) {
  try {
    request.body();
  } catch (const ClientGone&) {
    interrupted(request, id);
    throw;
  }
  const std::lock_guard lock(mutex_);
  if (!is_current(request, id)) return unknown_session();
  auto& session = sessions_[id];
  session.parts[range.first] = request.body();
  session.next = range.end();
  ++session.state;
  return session_reply(request, id, 202);
}

void FakeUploads::interrupted(const HttpRequest& request, const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (!options_.keeps_interrupted_parts) {
    sessions_.erase(id);
    return;
  }
  const auto& received = request.incoming->first(0);
  auto& session = sessions_[id];
  if (!received.empty()) session.parts[session.next] = received;
  session.next += received.size();
}

HttpReply FakeUploads::finish(const HttpRequest& request, const std::string& id) {
  const auto& rest = request.body();
  Session session;
  {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return unknown_session();
    // Whatever comes of it, the session is over: a wrong digest ends it too.
    session = std::move(found->second);
    sessions_.erase(found);
  }
  if (!rest.empty()) session.parts[session.next] = rest;
  return commit(request, session);
}

HttpReply FakeUploads::commit(const HttpRequest& request, const Session& session) {
  auto whole = joined(session.parts);
  if (!whole) return registry_error(400, "BLOB_UPLOAD_INVALID", "a part is missing");
  const auto etag = request.query_value("etag");
  if (!etag.empty() && etag != etag_of(session.parts)) {
    return registry_error(400, "BLOB_UPLOAD_INVALID", "the etag is not that of the parts");
  }
  const auto digest = Digest::parse(request.query_value("digest"));
  if (!digest || *digest != digest_of(*whole)) {
    return registry_error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  }
  content_.add_blob(session.repository, std::move(*whole));
  return created(session.repository, digest->text());
}

HttpReply FakeUploads::cdn_part(const HttpRequest& request, const std::string& rest) {
  const auto slash = rest.find('/');
  const auto id = rest.substr(0, slash);
  const auto& bytes = request.body();
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return {.status = 404};
  found->second.parts[std::stoull(rest.substr(slash + 1))] = bytes;
  return {.headers = {{"ETag", '"' + to_hex(as_bytes(md5_of(bytes))) + '"'}}};
}

void FakeUploads::expire_sessions() {
  const std::lock_guard lock(mutex_);
  sessions_.clear();
}

bool FakeUploads::is_current(const HttpRequest& request, const std::string& id) const {
  const auto found = sessions_.find(id);
  return found != sessions_.end() && request.query_value("_state") == std::to_string(found->second.state);
}

HttpReply FakeUploads::session_reply(const HttpRequest& request, const std::string& id, int status) const {
  const auto& session = sessions_.at(id);
  auto url = fmt::format("/v2/{}/blobs/uploads/{}?_state={}", session.repository, id, session.state);
  if (!options_.relative_locations) url = request.origin + url;
  // docker-registry says 0-0 of an empty session too.
  HttpReply reply{.status = status, .headers = {{"Range", fmt::format("0-{}", session.next ? session.next - 1 : 0)}}};
  reply.headers.add("Location", options_.docker_upload_location ? "/v2/nowhere" : url);
  if (options_.docker_upload_location) reply.headers.add("Docker-Upload-Location", url);
  return reply;
}

}  // namespace regtool
