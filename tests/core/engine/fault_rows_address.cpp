#include "fault_injection.hpp"

namespace regtool {
namespace {

void redirecting(FakeRegistryOptions& options) { options.redirects_blobs = 307; }

void with_short_lived_addresses(FakeRegistryOptions& options) {
  redirecting(options);
  options.cdn.uses = 2;
}

// The storage sends us on, to an address of its own.
Injection moving(Often often) {
  return [often](const FaultSite& site) {
    strike(Endpoint::storage, often, [&registry = site.lab.registry](const HttpRequest& request, const Handler&) {
      const auto url = registry.cdn().sign("GET", request.path, request.origin);
      return HttpReply{.status = 302, .headers = {{"Location", url}}};
    })(site);
  };
}

}  // namespace

std::vector<Fault> address_faults() {
  using enum Endpoint;
  using enum Often;
  using enum Errc;
  return {
      {"a signed address expires in the middle of the blob",
       "the registry is asked for a new one",
       succeeds(1, 5),
       {},
       {},
       with_short_lived_addresses,
       true},
      {"a signed address is refused, once a blob",
       "the registry is asked for a new one",
       succeeds(1, 5),
       {},
       strike(storage, once, replaced_by({.status = 403})),
       redirecting},
      {"every signed address is refused",
       "given up: the user's own credentials are not at fault",
       fails(forbidden, 0, 60),
       {},
       strike(storage, always, replaced_by({.status = 403})),
       redirecting},
      {"the storage sends us on in the middle of the blob", "followed", succeeds(1, 0), {}, moving(once), redirecting},
      {"the storage sends us on for ever",
       "given up after 10 redirects",
       fails(protocol, 0, 0),
       {},
       moving(always),
       redirecting},
      {"a redirect to nowhere",
       "given up at once",
       fails(protocol, 0, 0),
       {},
       strike(bulk, always, replaced_by({.status = 307}))},
      {"a redirect from https to http",
       "not followed; given up at once",
       fails(protocol, 0, 0),
       {},
       strike(bulk, always, replaced_by({.status = 307, .headers = {{"Location", "http://registry.test/x"}}}))},
      {"500 from the storage, once a blob",
       "asked again",
       succeeds(1, 3),
       {},
       strike(storage, once, replaced_by({.status = 500})),
       redirecting},
      {"500 from the storage, always",
       "tried again with growing pauses, then given up",
       fails(unavailable, 0, 60),
       {},
       strike(storage, always, replaced_by({.status = 500})),
       redirecting},
  };
}

}  // namespace regtool
