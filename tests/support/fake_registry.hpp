#pragma once
// The one fake registry of all tests: it speaks the whole of docs/protocol.md over any transport, goes wrong where it
// is told to, and remembers what it saw.
//
//   FakeRegistry registry;
//   const auto blob = registry.content().add_blob("ns/model", "bytes");
//   registry.plan().on({.method = "GET", .target = "/blobs/"}, Times::first_attempts(1), cut_at(Moment::in_body(3)));
//   MemoryTransport transport;                         // or: LoopbackServer server(registry.handler());
//   transport.serve("https://registry.test", registry.handler());
//   transport.serve("https://cdn.test", registry.handler());
//
// One handler serves the registry (/v2/…) and the object store it redirects to (/cdn/…), so both may be one server, or
// two with origins of their own (CdnOptions::origin).

#include "fake_auth.hpp"
#include "fake_cdn.hpp"
#include "fake_uploads.hpp"
#include "fault_plan.hpp"
#include "http_handler.hpp"
#include "registry_content.hpp"
#include "request_log.hpp"

#include <cstdint>
#include <string>

namespace regtool {

struct FakeRegistryOptions {
  AuthOptions auth{};
  CdnOptions cdn{};
  UploadOptions uploads{};
  int redirects_blobs = 0;         // 302, 303, 307 or 308: the status of the redirect to the CDN; 0 is none
  bool redirects_head = false;     // HEAD as well as GET
  bool ranges = true;              // of the registry itself; CdnOptions has the CDN's
  std::uint64_t chunksums_of = 0;  // the size of chunks; 0: chunksums are not offered
  std::size_t tags_a_page = 0;     // 0: all at once
  std::string manifest_type{};     // Content-Type of every manifest, in place of its own
  std::string digest_header = "Docker-Content-Digest";
  int ping_status = 404;  // of GET /v2/
};

// Thread-safe. Outlives the servers and transports that use its handler.
class FakeRegistry {
 public:
  explicit FakeRegistry(FakeRegistryOptions options = {});

  Handler handler();

  RegistryContent& content() noexcept { return content_; }
  FaultPlan& plan() noexcept { return plan_; }
  RequestLog& log() noexcept { return log_; }
  FakeAuth& auth() noexcept { return auth_; }
  FakeUploads& uploads() noexcept { return uploads_; }

  // For set_origin(), where the CDN's server starts after the registry was made.
  FakeCdn& cdn() noexcept { return cdn_; }

 private:
  HttpReply route(const HttpRequest& request);
  HttpReply serve_registry(const HttpRequest& request);
  HttpReply serve_cdn(const HttpRequest& request);
  HttpReply blob(const HttpRequest& request, const std::string& repository, const std::string& digest);
  HttpReply chunksums(const HttpRequest& request, const std::string& repository, const std::string& digest);
  HttpReply manifest(const HttpRequest& request, const std::string& repository, const std::string& reference);
  HttpReply put_manifest(const HttpRequest& request, const std::string& repository, const std::string& reference);
  HttpReply tags(const HttpRequest& request, const std::string& repository);

  const FakeRegistryOptions options_;
  RegistryContent content_;
  FaultPlan plan_;
  RequestLog log_;
  FakeAuth auth_;
  FakeCdn cdn_;
  FakeUploads uploads_;
};

}  // namespace regtool
