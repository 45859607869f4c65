#include "fault_injection.hpp"

namespace regtool {
namespace {

Injection unreachable(const char* origin) {
  return [origin](const FaultSite& site) {
    site.lab.transport.serve(origin, nullptr);
    ++*site.struck;
  };
}

// Whatever size the body has.
FaultPlan::Action cut_every(std::uint64_t bytes) {
  return [bytes](const HttpRequest& request, const Handler& real) {
    return real(request).with(cut_at(Moment::in_body(bytes)));
  };
}

FaultPlan::Action stalled_every(std::uint64_t bytes) {
  return [bytes](const HttpRequest& request, const Handler& real) {
    return real(request).with(stall_at(Moment::in_body(bytes)));
  };
}

// After so many requests, whatever they ask for, for as many more.
Injection gone_after(unsigned requests, Faults faults, unsigned count = 1'000'000) {
  return [=](const FaultSite& site) {
    const auto seen = std::make_shared<std::atomic<unsigned>>(0);
    site.lab.registry.plan().on({}, Times::always(),
                                [=, struck = site.struck](const HttpRequest& request, const Handler& real) {
                                  const unsigned number = ++*seen;
                                  if (number <= requests || number > requests + count) return real(request);
                                  request.body();
                                  ++*struck;
                                  return HttpReply{}.with(faults);
                                });
  };
}

constexpr std::uint64_t three_mib = 3 << 20;

void with_storage(FakeRegistryOptions& options) {
  options.redirects_blobs = 307;
  options.uploads.offer = UploadOffer::redirected_parts;
}

}  // namespace

std::vector<Fault> connection_faults() {
  using enum Endpoint;
  using enum Often;
  using enum Errc;
  return {
      {"nobody listens at the registry, or its name is unknown", "tried again with growing pauses, then given up",
       fails(unavailable, 0, 60), fails(unavailable, 0, 60), unreachable(EngineLab::origin)},
      {"nobody listens at the storage that the registry sends us to", "tried again with growing pauses, then given up",
       fails(unavailable, 0, 60), fails(unavailable, 1, 60), unreachable("https://cdn.test"), with_storage, true},
      {"the connection ends before the answer, once a blob", "asked again; what arrived is not sent again",
       succeeds(1, 2), succeeds(2, 2), strike(bulk, once, answered_with(cut_at(Moment::before_head())))},
      {"the connection ends in the head of the answer, once a blob", "the same", succeeds(1, 2), succeeds(2, 2),
       strike(bulk, once, answered_with(cut_at(Moment::in_head())))},
      {"the connection always ends before the answer", "tried again with growing pauses, then given up",
       fails(unavailable, 0, 60), fails(unavailable, 6, 60),
       strike(bulk, always, replaced_by(HttpReply{}.with(cut_at(Moment::before_head()))))},
      {"the connection ends before the first byte of the body, once a blob", "asked again", succeeds(1, 2),
       succeeds(1.5, 2), strike(bulk, once, cut_after(0))},
      {"the connection ends in the middle of the body, once a blob", "goes on from there", succeeds(1, 2),
       succeeds(1.6, 2), strike(bulk, once, cut_after(0.5))},
      {"the connection ends just before the last byte of the body, once a blob", "goes on from there", succeeds(1, 2),
       succeeds(2.1, 2), strike(bulk, once, cut_after(0.9999))},
      {"the connection always ends in the middle of the body",
       "a pull goes on from there each time; of an upload nothing has arrived, and it is given up", succeeds(1, 10),
       fails(unavailable, 6, 60), strike(bulk, always, cut_after(0.5))},
      {"the connection ends after every 3 MiB",
       "goes on from there each time",
       succeeds(1, 5),
       {},
       strike(bulk, always, cut_every(three_mib)),
       {},
       true},
      {"no answer, once a blob", "asked again after 20 s", succeeds(1, 25), succeeds(2, 45),
       strike(bulk, once, answered_with(stall_at(Moment::before_head())))},
      {"never an answer", "tried again, then given up", fails(timeout, 0, 60), fails(timeout, 6, 135),
       strike(bulk, always, replaced_by(HttpReply{}.with(stall_at(Moment::before_head()))))},
      {"no byte of the body follows the head, once a blob",
       "asked again after 20 s",
       succeeds(1, 25),
       {},
       strike(bulk, once, stalled_after(0))},
      {"never a byte of the body",
       "tried again, then given up",
       fails(timeout, 0, 60),
       {},
       strike(bulk, always, stalled_after(0))},
      {"nothing more comes from the middle of the body on, once a blob", "goes on from there after 20 s",
       succeeds(1, 25), succeeds(1.6, 45), strike(bulk, once, stalled_after(0.5))},
      {"nothing more comes after every 3 MiB",
       "goes on from there after 20 s, each time",
       succeeds(1, 200),
       {},
       strike(bulk, always, stalled_every(three_mib)),
       {},
       true},
      {"the registry closes every connection from the third request on",
       "tried again with growing pauses, then given up", fails(unavailable, 1, 60), fails(unavailable, 6, 60),
       gone_after(2, cut_at(Moment::before_head()))},
      {"the registry closes every connection for a while: four requests in a row", "asked again", succeeds(1, 10),
       succeeds(2, 10), gone_after(2, cut_at(Moment::before_head()), 4)},
      {"the registry answers nothing from the third request on", "tried again, then given up", fails(timeout, 1, 60),
       fails(timeout, 6, 65), gone_after(2, stall_at(Moment::before_head()))},
      {"the manifest's answer does not come, once", "asked again after 20 s", succeeds(1, 25), succeeds(1, 25),
       strike(manifest, once, answered_with(stall_at(Moment::before_head())))},
      {"the manifest's answer never comes", "tried again, then given up; blobs are fetched only once it is there",
       fails(timeout, 0, 60), fails(timeout, 1, 60),
       strike(manifest, always, replaced_by(HttpReply{}.with(stall_at(Moment::before_head()))))},
      {"the connection ends in the middle of the manifest, once", "asked again", succeeds(1, 2), succeeds(1, 2),
       strike(manifest, once, cut_after(0.5))},
  };
}

}  // namespace regtool
