#include "fault_injection.hpp"

#include <cmath>
#include <set>

namespace regtool {
namespace {

RequestMatch match_of(const FaultSite& site, Endpoint endpoint) {
  const bool pulls = site.direction == Direction::pull;
  switch (endpoint) {
    case Endpoint::bulk:
      if (pulls) return {.method = "GET", .target = "/blobs/"};
      if (site.shape == Shape::one_big) return {.method = "PATCH"};
      return {.method = "PUT", .target = "/uploads/"};
    case Endpoint::manifest:
      return {.method = pulls ? "GET" : "PUT", .target = "/manifests/"};
    case Endpoint::check:
      return {.method = "HEAD", .target = "/blobs/"};
    case Endpoint::session:
      return {.method = "POST", .target = "/uploads/"};
    case Endpoint::complete:
      return {.method = "PUT", .target = "/blobs/uploads/"};
    case Endpoint::storage:
      return {.method = pulls ? "GET" : "PUT", .target = "/cdn/"};
    case Endpoint::token:
      return {.method = "GET", .target = "/v2/token"};
  }
  return {};
}

// The blob that a request names, or else its method and the last part of its path.
std::string subject_of(const HttpRequest& request) {
  auto digest = request.query_value("digest");
  if (const auto at = request.path.find("sha256:"); digest.empty() && at != std::string::npos) {
    digest = request.path.substr(at);
  }
  return request.method + ' ' + digest;
}

// Lets each subject be struck once. Thread-safe.
class FirstOfEach {
 public:
  bool operator()(const HttpRequest& request) {
    const std::lock_guard lock(mutex_);
    return seen_.insert(subject_of(request)).second;
  }

 private:
  std::mutex mutex_;
  std::set<std::string> seen_;
};

// Rounded up: whoever repeats what is left gets to an end.
std::uint64_t share_of(std::uint64_t size, double share) {
  return static_cast<std::uint64_t>(std::ceil(static_cast<double>(size) * share));
}

// The rest of the request's body does not arrive, and what goes wrong then happens in place of an answer.
HttpReply broken_off(const HttpRequest& request, double share, std::optional<Moment> Faults::*how) {
  HttpReply reply;
  reply.faults.reads_only = share_of(request.incoming->size(), share);
  reply.faults.*how = Moment::before_head();
  request.incoming->first(*reply.faults.reads_only);
  return reply;
}

FaultPlan::Action broken_after(double share, std::optional<Moment> Faults::*how) {
  return [share, how](const HttpRequest& request, const Handler& real) {
    if (request.incoming->size() > 0) return broken_off(request, share, how);
    auto reply = real(request);
    reply.faults.*how = Moment::in_body(share_of(reply.body.size(), share));
    return reply;
  };
}

std::string with_one_byte_wrong(std::string bytes) {
  if (!bytes.empty()) bytes[bytes.size() / 2] ^= 1;
  return bytes;
}

}  // namespace

Injection strike(Endpoint endpoint, Often often, FaultPlan::Action action, const std::string& origin) {
  return [=](const FaultSite& site) {
    const auto first = std::make_shared<FirstOfEach>();
    auto match = match_of(site, endpoint);
    match.origin = origin;
    site.lab.registry.plan().on(match, Times::always(),
                                [=, struck = site.struck](const HttpRequest& request, const Handler& real) {
                                  if (often == Often::once && !(*first)(request)) return real(request);
                                  ++*struck;
                                  return action(request, real);
                                });
  };
}

FaultPlan::Action answered_with(Faults faults) {
  return [faults](const HttpRequest& request, const Handler& real) { return real(request).with(faults); };
}

FaultPlan::Action replaced_by(HttpReply reply) {
  return [reply](const HttpRequest& request, const Handler&) {
    request.body();
    return reply;
  };
}

FaultPlan::Action cut_after(double share) { return broken_after(share, &Faults::cut); }
FaultPlan::Action stalled_after(double share) { return broken_after(share, &Faults::stall); }

FaultPlan::Action damaged() {
  return [](const HttpRequest& request, const Handler& real) {
    auto changed = request;
    if (request.incoming->size() > 0) {
      auto bytes = with_one_byte_wrong(request.body());
      changed.incoming = std::make_shared<IncomingBody>(bytes.size(), [bytes, at = std::size_t{0}](auto out) mutable {
        const auto count = bytes.copy(out.data(), out.size(), at);
        at += count;
        return count;
      });
      return real(changed);
    }
    auto reply = real(request);
    reply.body = ReplyBody(with_one_byte_wrong(std::string(reply.body.view())));
    return reply;
  };
}

}  // namespace regtool
