#include "object_reader.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace regtool {
namespace {

constexpr std::uint64_t mib = 1 << 20;

// Bytes that a request asks for: first, then four times as many each time that somebody goes on, up to the last. So
// little is asked for in vain where reads are scattered, and there are few requests where they are not.
constexpr std::uint64_t first_request = 8 * mib;
constexpr std::uint64_t largest_request = 128 * mib;

constexpr std::size_t max_streams = 16;  // that are kept open

constexpr int max_tries = 5;  // without a byte
constexpr std::chrono::milliseconds first_pause{250};

}  // namespace

ObjectReader::ObjectReader(const Context& ctx, S3Client& client, std::string key, S3ObjectFacts facts)
    : ctx_(ctx), client_(client), key_(std::move(key)), facts_(std::move(facts)) {}

Result<std::size_t> ObjectReader::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= facts_.size || out.empty()) return 0;
  out = out.first(std::min<std::uint64_t>(out.size(), facts_.size - offset));
  auto pause = first_pause;
  for (int tries = 1;; ++tries) {
    auto count = read_once(offset, out);
    if (count || !count.error().transient() || tries == max_tries) return count;
    ctx_.console.debug(count.error().message + "; reading on in " + std::to_string(pause.count()) + " ms");
    if (!ctx_.clock.sleep(pause, ctx_.stop)) return fail(Errc::cancelled, "cancelled");
    pause *= 2;
  }
}

Result<std::size_t> ObjectReader::read_once(std::uint64_t offset, std::span<std::byte> out) {
  auto stream = take_stream(offset);
  if (!stream) stream = Stream{.next = offset, .end = offset};
  if (stream->next == stream->end) REGTOOL_TRY(ask(*stream, out.size()));
  REGTOOL_TRY_ASSIGN(const auto count, fill(*stream, out));
  keep(std::move(*stream));
  return count;
}

std::optional<ObjectReader::Stream> ObjectReader::take_stream(std::uint64_t offset) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(streams_, offset, &Stream::next);
  if (found == streams_.end()) return std::nullopt;
  std::optional<Stream> stream = std::move(*found);
  streams_.erase(found);
  return stream;
}

Result<> ObjectReader::ask(Stream& stream, std::uint64_t wanted) {
  const auto usual = stream.asked == 0 ? first_request : std::min(4 * stream.asked, largest_request);
  stream.asked = std::min(std::max(usual, wanted), facts_.size - stream.next);
  stream.end = stream.next + stream.asked;
  REGTOOL_TRY_ASSIGN(
      stream.answer,
      client_.send(ctx_, {.key = key_,
                          .headers = {{"If-Match", facts_.etag},
                                      {"Range", fmt::format("bytes={}-{}", stream.next, stream.end - 1)}}}));
  const auto& answer = stream.answer;
  if (is_absent(answer.refusal) || answer.refusal.status == 412) {
    return fail(Errc::not_found, key_ + " was removed or replaced meanwhile");
  }
  if (!answer.good()) return fail(client_.error_of(answer.refusal));
  const auto whole = answer.response->status() == 200 && stream.asked == facts_.size;
  const auto range = fmt::format("bytes {}-{}/{}", stream.next, stream.end - 1, facts_.size);
  if (!whole && (answer.response->status() != 206 || answer.header("Content-Range") != range)) {
    return fail(Errc::protocol, "the service gave other bytes of " + key_ + " than were asked for");
  }
  return {};
}

// As much as is wanted, or less where the stream ends or breaks.
Result<std::size_t> ObjectReader::fill(Stream& stream, std::span<std::byte> out) const {
  std::size_t filled = 0;
  while (filled < out.size() && stream.next < stream.end) {
    const auto wanted = out.subspan(filled);
    const auto count =
        stream.answer.response->read(wanted.first(std::min<std::uint64_t>(wanted.size(), stream.end - stream.next)));
    if (count && *count > 0) {
      filled += *count;
      stream.next += *count;
      continue;
    }
    if (filled == 0 || (!count && count.error().code == Errc::cancelled)) {
      return count ? fail(Errc::unavailable, "the answer ended before all bytes were there") : count;
    }
    // The next read asks anew from here on.
    stream.end = stream.next;
  }
  return filled;
}

void ObjectReader::keep(Stream stream) {
  if (stream.next == stream.end) {
    // Read to its end, the connection can be used again.
    std::byte end[1];
    if (stream.answer.response) (void)stream.answer.response->read(end);
    stream.answer = {};
  }
  if (stream.next == facts_.size) return;
  std::list<Stream> dropped;
  const std::lock_guard lock(mutex_);
  streams_.push_back(std::move(stream));
  if (streams_.size() > max_streams) dropped.splice(dropped.begin(), streams_, streams_.begin());
}

}  // namespace regtool
