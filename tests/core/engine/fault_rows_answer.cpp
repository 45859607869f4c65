#include "fault_injection.hpp"

#include <array>

namespace regtool {
namespace {

HttpReply refusal(int status) { return {.status = status}; }

HttpReply retry_after(int status, const char* value) { return {.status = status, .headers = {{"Retry-After", value}}}; }

void with_tokens(FakeRegistryOptions& options) { options.auth.scheme = AuthScheme::token; }

void with_short_tokens(FakeRegistryOptions& options) {
  with_tokens(options);
  options.auth.token_uses = 50;
}

void with_very_short_tokens(FakeRegistryOptions& options) {
  with_tokens(options);
  options.auth.token_uses = 3;
}

// 500 from one endpoint after the other.
void add_server_errors(std::vector<Fault>& faults) {
  struct Row {
    const char* what;
    Endpoint endpoint;
    bool pull, push;
    double moved;  // by an upload that fails
    void (*registry)(FakeRegistryOptions&) = nullptr;
  };
  for (const auto& row : std::to_array<Row>({
           {"the manifest", Endpoint::manifest, true, true, 1},
           {"the blobs' bytes", Endpoint::bulk, true, true, 6},
           {"the question whether a blob is there", Endpoint::check, false, true, 0},
           {"the beginning of an upload", Endpoint::session, false, true, 0},
           {"the end of an upload", Endpoint::complete, false, true, 6},
           {"the request for a token", Endpoint::token, true, true, 0, with_tokens},
       })) {
    const auto maybe = [](bool concerned, Outcome outcome) {
      return concerned ? std::optional(outcome) : std::nullopt;
    };
    const auto action = replaced_by(refusal(500));
    faults.push_back({std::string("500 to ") + row.what + ", once", "asked again after a pause",
                      maybe(row.pull, succeeds(1, 3)), maybe(row.push, succeeds(2, 3)),
                      strike(row.endpoint, Often::once, action), row.registry});
    faults.push_back({std::string("500 to ") + row.what + ", always", "tried again with growing pauses, then given up",
                      maybe(row.pull, fails(Errc::unavailable, 0, 60)),
                      maybe(row.push, fails(Errc::unavailable, row.moved, 60)),
                      strike(row.endpoint, Often::always, action), row.registry});
  }
}

// What an upload asks besides sending bytes, and what both directions ask for a token: each fails once.
void add_small_requests(std::vector<Fault>& faults) {
  struct Row {
    const char* what;
    Endpoint endpoint;
    bool pull;
    void (*registry)(FakeRegistryOptions&) = nullptr;
  };
  struct Trouble {
    const char* what;
    const char* then;
    FaultPlan::Action action;
    int seconds;
  };
  const Trouble troubles[] = {
      {"429 with `Retry-After: 3` to", "waits that long", replaced_by(retry_after(429, "3")), 5},
      {"the connection ends instead of an answer to", "asked again", replaced_by(HttpReply{}.with(cut_at({}))), 2},
      {"no answer to", "asked again after 20 s", replaced_by(HttpReply{}.with(stall_at({}))), 25},
  };
  for (const auto& [trouble, then, action, seconds] : troubles) {
    for (const auto& row : std::to_array<Row>({
             {"the question whether a blob is there", Endpoint::check, false},
             {"the beginning of an upload", Endpoint::session, false},
             {"the end of an upload", Endpoint::complete, false},
             {"the request for a token", Endpoint::token, true, with_tokens},
         })) {
      faults.push_back({std::string(trouble) + " " + row.what + ", once", then,
                        row.pull ? std::optional(succeeds(1, seconds)) : std::nullopt, succeeds(2, seconds),
                        strike(row.endpoint, Often::once, action), row.registry});
    }
  }
}

}  // namespace

std::vector<Fault> answer_faults() {
  using enum Endpoint;
  using enum Often;
  using enum Errc;
  // The second after the tests' time begins.
  const auto* soon = "Tue, 14 Nov 2023 22:13:23 GMT";
  std::vector<Fault> faults{
      {"429 with `Retry-After: 3`, once a blob", "waits that long", succeeds(1, 15), succeeds(2, 15),
       strike(bulk, once, replaced_by(retry_after(429, "3")))},
      {"503 with a date in `Retry-After`, once a blob", "waits until then", succeeds(1, 15), succeeds(2, 15),
       strike(bulk, once, replaced_by(retry_after(503, soon)))},
      {"429 with `Retry-After: 5`, always", "waits that long each time, then given up", fails(unavailable, 0, 60),
       fails(unavailable, 6, 60), strike(bulk, always, replaced_by(retry_after(429, "5")))},
      {"503 with `Retry-After: 3600`", "given up at once: nobody waits an hour", fails(unavailable, 0, 1),
       fails(unavailable, 1, 1), strike(bulk, always, replaced_by(retry_after(503, "3600")))},
      {"429 with `Retry-After` to the manifest, once", "waits that long", succeeds(1, 5), succeeds(1, 5),
       strike(manifest, once, replaced_by(retry_after(429, "3")))},
      {"403 to the blobs' bytes", "given up at once", fails(forbidden, 0, 0), fails(forbidden, 1, 0),
       strike(bulk, always, replaced_by(refusal(403)))},
      {"404 to the blobs' bytes",
       "a pull is given up at once; an upload session that is lost begins again",
       fails(not_found, 0, 0),
       {},
       strike(bulk, always, replaced_by(refusal(404)))},
      {"an answer that is not HTTP",
       "given up at once",
       fails(protocol, 0, 0),
       {},
       strike(bulk, always, answered_with(raw_bytes("SSH-2.0-OpenSSH_9.2\r\n")))},
      {"a token is good for 50 requests only",
       "a new one is asked for, once for all that wait",
       succeeds(1, 0),
       succeeds(1, 0),
       {},
       with_short_tokens},
      {"a token is good for 3 requests only",
       "a new one is asked for each time; what a refused request had sent is sent again",
       succeeds(1, 0),
       succeeds(2, 0),
       {},
       with_very_short_tokens},
      {"no token is ever given", "given up at once", fails(unauthenticated, 0, 0), fails(unauthenticated, 0, 0),
       strike(token, always, replaced_by(refusal(401))), with_tokens},
  };
  add_server_errors(faults);
  add_small_requests(faults);
  return faults;
}

}  // namespace regtool
