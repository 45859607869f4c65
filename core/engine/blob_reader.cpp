#include "engine/blob_reader.hpp"

#include <regtool/encoding.hpp>
#include <regtool/url.hpp>

#include "base/http_error.hpp"
#include "base/printable.hpp"
#include "engine/content_range.hpp"
#include "engine/retry.hpp"

#include <utility>

namespace regtool {
namespace {

bool is_whole(Range range, const Descriptor& what) { return range == Range{0, what.size}; }

// A signed URL that has expired, or a cache that has forgotten: the registry knows the way.
bool has_gone_stale(int status) { return status == 401 || status == 403 || status == 404 || status == 410; }

// A confused cache may do better next time.
Result<> check_range(const Response& response, Range asked, std::uint64_t size) {
  const auto header = response.headers().get("Content-Range");
  if (!header) return fail(Errc::unavailable, "206 without a Content-Range");
  const auto said = parse_content_range(*header);
  if (said && said->range == asked && (!said->size || *said->size == size)) return {};
  return fail(Errc::unavailable, "asked for " + range_header(asked) + " of " + std::to_string(size) +
                                     " bytes, and was given " + printable(*header, 80));
}

}  // namespace

Result<BlobStream> BlobReader::open(const Context& ctx, Range range) {
  auto known = location();
  Request request{
      Method::get, known.empty() ? client_.blob_url(what_.digest) : known, {{"Accept-Encoding", "identity"}}};
  // A plain request for the whole works with every server and cache.
  if (!is_whole(range, what_)) request.headers.add("Range", range_header(range));
  auto answer = client_.reach(ctx, std::move(request));
  const auto status = answer ? answer->response->status() : 0;
  const bool served = status == 200 || status == 206;
  // Whatever is wrong with an address, the registry may know another one.
  if (!served) forget(known);
  REGTOOL_TRY_ASSIGN(auto reached, std::move(answer));
  if (!known.empty() && has_gone_stale(status)) {
    return fail(Errc::unavailable, "the address of the blob has expired (" + std::to_string(status) + ")");
  }
  if (served) remember(reached.url);
  return accept(ctx, range, std::move(reached));
}

Result<BlobStream> BlobReader::accept(const Context& ctx, Range range, Reached reached) {
  auto& response = *reached.response;
  switch (response.status()) {
    case 206:
      if (auto good = check_range(response, range, what_.size); !good) {
        return fail(std::move(good).error().in(Url::parse(reached.url)->without_query()));
      }
      return BlobStream{std::move(reached.response), range.first};
    case 200:
      return BlobStream{std::move(reached.response), 0};
    case 416:
      return fail(Errc::corrupt, "the registry's blob does not have the " + std::to_string(what_.size) +
                                     " bytes that the manifest says");
    default: {
      auto error = http_error(ctx, response);
      if (reached.url == client_.blob_url(what_.digest)) return fail(std::move(error));
      // The redirect may come from a cache, or the signature not be in force yet.
      if (has_gone_stale(response.status()) && refused_for_the_first_time()) error.code = Errc::unavailable;
      // What storage behind the registry refuses is not the user's credentials' fault.
      if (error.code == Errc::unauthenticated) error.code = Errc::forbidden;
      return fail(std::move(error).in(Url::parse(reached.url)->origin()));
    }
  }
}

std::string BlobReader::location() const {
  const std::lock_guard lock(mutex_);
  return location_;
}

void BlobReader::forget(const std::string& url) {
  const std::lock_guard lock(mutex_);
  if (location_ == url) location_.clear();
}

bool BlobReader::refused_for_the_first_time() {
  const std::lock_guard lock(mutex_);
  return !std::exchange(was_refused_, true);
}

void BlobReader::remember(std::string url) {
  const std::lock_guard lock(mutex_);
  location_ = std::move(url);
}

Result<std::string> read_small_blob(const Context& ctx, RegistryClient& client, Verifier& verifier,
                                    const Descriptor& what) {
  if (what.size == 0) return std::string();
  BlobReader reader(client, what);
  return with_retries(ctx, client.settings(), [&]() -> Result<std::string> {
    REGTOOL_TRY_ASSIGN(const auto stream, reader.open(ctx, {0, what.size}));
    REGTOOL_TRY_ASSIGN(auto bytes, read_all(*stream.response, what.size));
    REGTOOL_TRY_ASSIGN(auto verification, Verification::begin(verifier, what));
    verification.update(as_bytes(bytes));
    REGTOOL_TRY(verification.finish());
    return bytes;
  });
}

}  // namespace regtool
