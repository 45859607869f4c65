#include "fault_injection.hpp"
#include "registry_replies.hpp"

#include <cmath>

namespace regtool {
namespace {

// The second half of what is there: an answer that is shorter than it says, without a sign of it.
FaultPlan::Action ending_early(Framing framing) {
  return [framing](const HttpRequest& request, const Handler& real) {
    auto reply = real(request).with(framed(framing));
    reply.body = ReplyBody(std::string(reply.body.view().substr(0, reply.body.size() / 2)));
    return reply;
  };
}

FaultPlan::Action saying_length(double share) {
  return [share](const HttpRequest& request, const Handler& real) {
    auto reply = real(request);
    return std::move(reply).with(
        declaring(static_cast<std::uint64_t>(std::ceil(static_cast<double>(reply.body.size()) * share))));
  };
}

// Only what does not begin with the blob.
FaultPlan::Action if_later_part(FaultPlan::Action action) {
  return [action](const HttpRequest& request, const Handler& real) {
    const auto range = request.header("Range") + request.header("Content-Range");
    const bool later = !range.empty() && !range.starts_with("bytes=0-") && !range.starts_with("0-");
    return later ? action(request, real) : real(request);
  };
}

// The same byte of the blob, whichever request brings it.
FaultPlan::Action damaged_at(std::uint64_t position) {
  return [position](const HttpRequest& request, const Handler& real) {
    const auto range = request.header("Range") + request.header("Content-Range");
    const auto asked = parse_inclusive(range.substr(range.starts_with("bytes=") ? 6 : 0));
    const bool hit = !asked || (asked->first <= position && position < asked->end());
    return hit ? damaged()(request, real) : real(request);
  };
}

FaultPlan::Action with_content_range(const char* value) {
  return [value](const HttpRequest& request, const Handler& real) {
    auto reply = real(request);
    reply.headers.remove("Content-Range");
    if (*value != '\0') reply.headers.add("Content-Range", value);
    return reply;
  };
}

// As if the request had no Range.
FaultPlan::Action whole() {
  return [](const HttpRequest& request, const Handler& real) {
    auto changed = request;
    changed.headers.remove("Range");
    return real(changed);
  };
}

void without_ranges(FakeRegistryOptions& options) { options.ranges = false; }

void with_chunksums(FakeRegistryOptions& options) { options.chunksums_of = 1 << 20; }

}  // namespace

std::vector<Fault> content_faults() {
  using enum Endpoint;
  using enum Often;
  using enum Errc;
  return {
      {"a byte of each blob is damaged on the way, once", "found by the digest; the blob is moved again",
       succeeds(2, 2), succeeds(2, 2), strike(bulk, once, damaged())},
      {"a byte of each request is damaged on the way, always", "moved again twice, then given up; nothing is published",
       fails(corrupt, 3, 10), fails(corrupt, 3, 10), strike(bulk, always, damaged())},
      {"one and the same byte of the blob is damaged, always",
       "moved again twice, then given up; nothing is published",
       fails(corrupt, 3, 10),
       fails(corrupt, 3, 10),
       strike(bulk, always, damaged_at(20 << 20)),
       {},
       true},
      {"a byte of each blob is damaged on the way, once; the registry has chunksums of 1 MiB",
       "only that chunk is fetched again",
       succeeds(1.05, 2),
       {},
       strike(bulk, once, damaged()),
       with_chunksums,
       true},
      {"one and the same byte of the blob is damaged, always; the registry has chunksums of 1 MiB",
       "that chunk is fetched again, then the blob twice, then given up; nothing is published",
       fails(corrupt, 3.05, 10),
       {},
       strike(bulk, always, damaged_at(20 << 20)),
       with_chunksums,
       true},
      {"a byte of the manifest is damaged on the way, once",
       "found by its digest, where the registry tells it; asked again",
       succeeds(1, 2),
       {},
       strike(manifest, once, damaged())},
      {"a byte of the manifest is damaged on the way, always",
       "asked again, then given up",
       fails(corrupt, 0, 10),
       {},
       strike(manifest, always, damaged())},
      {"the manifest ends early without a sign of it, once",
       "found by its digest; asked again",
       succeeds(1, 2),
       {},
       strike(manifest, once, ending_early(Framing::until_close))},
      {"the registry ignores ranges", "the blob is read as one stream", succeeds(1, 0), {}, {}, without_ranges, true},
      {"an answer to a range is the whole blob, once",
       "what is needed of it is used",
       succeeds(2, 0),
       {},
       strike(bulk, once, if_later_part(whole())),
       {},
       true},
      {"a later range is always answered by the whole blob",
       "read as one stream from there on",
       succeeds(2, 0),
       {},
       strike(bulk, always, if_later_part(whole())),
       {},
       true},
      {"a Content-Range is not the one asked for, once",
       "the answer is dropped unread; asked again",
       succeeds(1, 2),
       {},
       strike(bulk, once, with_content_range("bytes 1-2/3")),
       {},
       true},
      {"a Content-Range is never the one asked for",
       "tried again, then given up; nothing is written where it does not belong",
       fails(unavailable, 0, 60),
       {},
       strike(bulk, always, with_content_range("bytes 1-2/3")),
       {},
       true},
      {"a 206 has no Content-Range, ever",
       "tried again, then given up",
       fails(unavailable, 0, 60),
       {},
       strike(bulk, always, with_content_range("")),
       {},
       true},
      {"416: the range is not in the registry's blob",
       "given up at once: its size is not what the manifest says",
       fails(corrupt, 0, 0),
       {},
       strike(bulk, always, replaced_by({.status = 416})),
       {},
       true},
      {"no Content-Length: chunked",
       "read to the end that the manifest tells",
       succeeds(1, 0),
       {},
       strike(bulk, always, answered_with(framed(Framing::chunked)))},
      {"no Content-Length: ends with the connection",
       "read to the end that the manifest tells",
       succeeds(1, 0),
       {},
       strike(bulk, always, answered_with(framed(Framing::until_close)))},
      {"the body ends early without a sign of it, once a blob",
       "goes on from there",
       succeeds(1, 2),
       {},
       strike(bulk, once, ending_early(Framing::until_close))},
      {"the Content-Length is half of what it should be, always",
       "goes on from there, each time",
       succeeds(1, 10),
       {},
       strike(bulk, always, saying_length(0.5))},
      {"the Content-Length is twice what follows, always",
       "read to the end that the manifest tells",
       succeeds(1, 0),
       {},
       strike(bulk, always, saying_length(2))},
  };
}

}  // namespace regtool
