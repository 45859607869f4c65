#include "fault_injection.hpp"

namespace regtool {
namespace {

constexpr const char* mirror = "http://mirror.test:5000";

// The mirror has what the registry has; what goes wrong there is said by its origin.
Injection with_mirror(Injection injection) {
  return [injection](const FaultSite& site) {
    site.lab.access.mirrors = {mirror};
    site.lab.transport.serve(mirror, site.lab.registry.handler());
    injection(site);
  };
}

Injection at_mirror(Endpoint endpoint, FaultPlan::Action action) {
  return with_mirror(strike(endpoint, Often::always, std::move(action), mirror));
}

Injection mirror_refuses(Endpoint endpoint, HttpReply reply) {
  return at_mirror(endpoint, replaced_by(std::move(reply)));
}

Injection unreachable(std::vector<const char*> origins) {
  return with_mirror([origins](const FaultSite& site) {
    for (const auto* origin : origins) site.lab.transport.serve(origin, nullptr);
    ++*site.struck;
  });
}

}  // namespace

std::vector<Fault> mirror_faults() {
  using enum Endpoint;
  using enum Errc;
  const auto* next = "tried once more, then the registry itself is asked";
  const auto* at_once = "the registry itself is asked at once";
  const auto silence = HttpReply{}.with(stall_at(Moment::before_head()));
  const HttpReply later{.status = 429, .headers = {{"Retry-After", "3600"}}};
  return {
      {"nobody listens at the mirror", next, succeeds(1, 2), {}, unreachable({mirror})},
      {"nobody listens at the registry; the mirror works",
       "the mirror is enough",
       succeeds(1, 0),
       {},
       unreachable({EngineLab::origin})},
      {"nobody listens at the mirror, nor at the registry",
       "tried again with growing pauses, then given up",
       fails(unavailable, 0, 60),
       {},
       unreachable({mirror, EngineLab::origin})},
      {"the mirror never answers", next, succeeds(1, 45), {}, mirror_refuses(manifest, silence)},
      {"500 from the mirror", next, succeeds(1, 2), {}, mirror_refuses(manifest, {.status = 500})},
      {"429 with `Retry-After: 3600` from the mirror", at_once, succeeds(1, 0), {}, mirror_refuses(manifest, later)},
      {"the mirror refuses whoever asks", at_once, succeeds(1, 0), {}, mirror_refuses(manifest, {.status = 401})},
      {"the mirror lags behind: it does not have the model",
       at_once,
       succeeds(1, 0),
       {},
       mirror_refuses(manifest, {.status = 404})},
      {"the mirror lags behind: it does not have the blobs",
       at_once,
       succeeds(1, 0),
       {},
       mirror_refuses(bulk, {.status = 404})},
      {"the mirror's manifest is not what its digest says", next, succeeds(1, 5), {}, at_mirror(manifest, damaged())},
      {"the mirror's manifest is no manifest",
       at_once,
       succeeds(1, 0),
       {},
       mirror_refuses(manifest, {.body = "<html>"})},
      {"the mirror's blobs have a wrong byte",
       "moved from there three times, then from the registry",
       succeeds(4, 10),
       {},
       at_mirror(bulk, damaged())},
      {"500 from the mirror to the blobs' bytes", next, succeeds(1, 2), {}, mirror_refuses(bulk, {.status = 500})},
      {"the mirror never answers when asked for blobs", next, succeeds(1, 45), {}, mirror_refuses(bulk, silence)},
      {"no byte of the mirror's blobs follows the head", next, succeeds(1, 45), {}, at_mirror(bulk, stalled_after(0))},
      {"the mirror's connection always ends in the middle of a blob",
       "goes on from there each time",
       succeeds(1, 10),
       {},
       at_mirror(bulk, cut_after(0.5))},
  };
}

}  // namespace regtool
