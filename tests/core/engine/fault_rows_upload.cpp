#include "fault_injection.hpp"
#include "registry_replies.hpp"

namespace regtool {
namespace {

void redirecting_parts(FakeRegistryOptions& options) { options.uploads.offer = UploadOffer::redirected_parts; }

void direct(FakeRegistryOptions& options) { options.uploads.offer = UploadOffer::direct; }

// Only later parts: something has arrived by then.
FaultPlan::Action from_second_part(FaultPlan::Action action) {
  return [action](const HttpRequest& request, const Handler& real) {
    return request.header("Content-Range").starts_with("0-") ? real(request) : action(request, real);
  };
}

Injection losing_sessions(Often often, Faults faults) {
  return [=](const FaultSite& site) {
    strike(Endpoint::bulk, often, [=, &registry = site.lab.registry](const HttpRequest& request, const Handler& real) {
      registry.uploads().expire_sessions();
      return real(request).with(faults);
    })(site);
  };
}

}  // namespace

std::vector<Fault> upload_faults() {
  using enum Endpoint;
  using enum Often;
  using enum Errc;
  const auto refused = registry_error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  const auto bad_manifest = registry_error(400, "MANIFEST_INVALID", "manifest invalid");
  return {
      {"the registry forgets all upload sessions, once a blob",
       "the blobs concerned are begun again, some more than once",
       {},
       succeeds(3, 5),
       losing_sessions(once, {})},
      {"the registry restarts in the middle of the push, and forgets all upload sessions",
       "the blobs concerned are begun again",
       {},
       succeeds(3, 5),
       losing_sessions(once, cut_at(Moment::before_head()))},
      {"the registry forgets the upload session at every request",
       "begun again with growing pauses, then given up",
       {},
       fails(unavailable, 6, 60),
       losing_sessions(always, {})},
      {"404 to a later part of a blob, once",
       "begun again",
       {},
       succeeds(2, 5),
       strike(bulk, once, from_second_part(replaced_by({.status = 404}))),
       {},
       true},
      {"416 to a later part of a blob, once",
       "the registry is asked what it has; goes on from there",
       {},
       succeeds(1.5, 5),
       strike(bulk, once, from_second_part(replaced_by({.status = 416}))),
       {},
       true},
      {"500 to a part that goes to storage, once",
       "that part is offered and sent again",
       {},
       succeeds(1.5, 3),
       strike(storage, once, replaced_by({.status = 500})),
       redirecting_parts,
       true},
      {"500 to every part that goes to storage",
       "tried again with growing pauses, then given up",
       {},
       fails(unavailable, 6, 60),
       strike(storage, always, replaced_by({.status = 500})),
       redirecting_parts,
       true},
      {"403 to a part that goes to storage, once",
       "offered again, which gives a new address",
       {},
       succeeds(1.5, 3),
       strike(storage, once, replaced_by({.status = 403})),
       redirecting_parts,
       true},
      {"500 to the request that ends an upload, always",
       "nothing is sent again; given up",
       {},
       fails(unavailable, 1, 60),
       strike(complete, always, replaced_by({.status = 500})),
       {},
       true},
      {"the connection to storage ends in the middle of a part, once",
       "that part is sent again",
       {},
       succeeds(1.5, 3),
       strike(storage, once, cut_after(0.5)),
       redirecting_parts,
       true},
      {"500 to a blob that goes to storage as a whole, once",
       "sent again",
       {},
       succeeds(2, 3),
       strike(storage, once, replaced_by({.status = 500})),
       direct},
      {"500 to every blob that goes to storage as a whole",
       "tried again with growing pauses, then given up",
       {},
       fails(unavailable, 6, 60),
       strike(storage, always, replaced_by({.status = 500})),
       direct},
      {"the registry refuses a blob's digest, once",
       "the store's blob is hashed; it is good, and is sent again",
       {},
       succeeds(2, 2),
       strike(complete, once, replaced_by(refused))},
      {"the registry refuses a blob's digest, always",
       "sent again twice, then given up",
       {},
       fails(corrupt, 3, 2),
       strike(complete, always, replaced_by(refused))},
      {"the answer to the end of an upload gets lost, once",
       "the registry is asked whether it has the blob",
       {},
       succeeds(1, 2),
       strike(complete, once, answered_with(cut_at(Moment::before_head())))},
      {"the answer to the manifest gets lost, once",
       "sent again",
       {},
       succeeds(1, 2),
       strike(manifest, once, answered_with(cut_at(Moment::before_head())))},
      {"the registry refuses the manifest",
       "given up at once",
       {},
       fails(protocol, 1, 0),
       strike(manifest, always, replaced_by(bad_manifest))},
  };
}

}  // namespace regtool
