#pragma once
// A fake registry's upload sessions (docs/protocol.md, "Blob upload").

#include "fake_cdn.hpp"
#include "http_handler.hpp"
#include "registry_content.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace regtool {

// What the answer to a POST offers, to a client that can do it. Sessions take PATCH and PUT in any case.
enum class UploadOffer : std::uint8_t { session, redirected_parts, direct };

struct UploadOptions {
  UploadOffer offer = UploadOffer::session;
  bool knows_what_is_there = true;      // POST answers 201 where the blob is there
  bool mounts = true;                   // false: a mount is answered with a session
  bool relative_locations = false;      // of sessions
  bool docker_upload_location = false;  // the session is told there, and Location leads nowhere
  bool keeps_interrupted_parts =
      false;                           // false: a PATCH that breaks off spoils the session, as docker-registry does it
  bool redirects_early = true;         // a 307 comes before the part's body was read
  std::uint64_t chunk_min_length = 0;  // told as OCI-Chunk-Min-Length, where not 0
};

// Thread-safe.
class FakeUploads {
 public:
  FakeUploads(UploadOptions options, RegistryContent& content, FakeCdn& cdn)
      : options_(options), content_(content), cdn_(cdn) {}

  HttpReply start(const HttpRequest& request, const std::string& repository);                           // POST
  HttpReply session(const HttpRequest& request, const std::string& repository, const std::string& id);  // the rest
  HttpReply cdn_part(const HttpRequest& request, const std::string& rest);  // PUT at the CDN

  // From now on no session so far is known.
  void expire_sessions();

 private:
  struct Session {
    std::string repository;
    unsigned state = 0;                            // in the session's URL: an old URL is not found
    std::map<std::uint64_t, std::string> parts{};  // by first byte
    std::uint64_t next = 0;                        // where the next part begins
  };

  HttpReply patch(const HttpRequest& request, const std::string& id);
  HttpReply redirect_part(const HttpRequest& request, const std::string& id, Range range);
  HttpReply take_part(const HttpRequest& request, const std::string& id, Range range);
  HttpReply finish(const HttpRequest& request, const std::string& id);
  HttpReply commit(const HttpRequest& request, const Session& session);
  void interrupted(const HttpRequest& request, const std::string& id);

  bool is_current(const HttpRequest& request, const std::string& id) const;
  HttpReply session_reply(const HttpRequest& request, const std::string& id, int status) const;

  const UploadOptions options_;
  RegistryContent& content_;
  FakeCdn& cdn_;
  mutable std::mutex mutex_;
  std::map<std::string, Session> sessions_;
  unsigned started_ = 0;
};

}  // namespace regtool
