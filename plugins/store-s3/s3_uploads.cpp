#include "s3_uploads.hpp"

#include "hashing.hpp"

#include <iterator>

namespace regtool {
namespace {

// Putting thousands of parts together takes a service its time.
constexpr std::chrono::minutes patience_with_completion{3};
constexpr int max_completions = 3;  // of one that fails after it was accepted

}  // namespace

Result<std::string> S3Uploads::begin(const Context& ctx, const std::string& key, const Headers& headers) const {
  REGTOOL_TRY_ASSIGN(
      const auto body,
      client_.text(ctx, {.method = Method::post, .key = key, .query = {{"uploads", ""}}, .headers = headers}));
  return parse_upload_id(body);
}

Result<std::string> S3Uploads::put_part(const Context& ctx, const S3Upload& upload, unsigned number,
                                        const Source& source) const {
  REGTOOL_TRY_ASSIGN(auto hash, sha256_hex(source));
  REGTOOL_TRY_ASSIGN(const auto answer,
                     client_.exchange(ctx, {.method = Method::put,
                                            .key = upload.key,
                                            .query = {{"partNumber", std::to_string(number)}, {"uploadId", upload.id}},
                                            .body = &source,
                                            .body_sha256 = std::move(hash)}));
  if (is_absent(answer.refusal)) {
    return fail(Errc::unavailable, "the unfinished upload of " + upload.key + " was taken away; try again");
  }
  if (!answer.good()) return fail(client_.error_of(answer.refusal));
  auto etag = answer.header("ETag");
  if (etag.empty()) return fail(Errc::protocol, "the service took a part without giving its ETag");
  return etag;
}

Result<std::optional<std::vector<S3Part>>> S3Uploads::parts(const Context& ctx, const S3Upload& upload) const {
  std::vector<S3Part> parts;
  std::string marker;
  do {
    S3Request request{.key = upload.key, .query = {{"uploadId", upload.id}}};
    if (!marker.empty()) request.query.emplace_back("part-number-marker", marker);
    REGTOOL_TRY_ASSIGN(const auto answer, client_.exchange(ctx, request));
    if (is_absent(answer.refusal)) return std::nullopt;
    if (!answer.good()) return fail(client_.error_of(answer.refusal));
    REGTOOL_TRY_ASSIGN(auto page, parse_part_page(answer.body));
    std::move(page.parts.begin(), page.parts.end(), std::back_inserter(parts));
    marker = std::move(page.next);
  } while (!marker.empty());
  return parts;
}

Result<bool> S3Uploads::complete(const Context& ctx, const S3Upload& upload, std::span<const S3Part> parts) const {
  auto text = completion_of(parts);
  REGTOOL_TRY_ASSIGN(auto hash, sha256_hex(text));
  const auto source = memory_source(std::move(text));
  const S3Request request{.method = Method::post,
                          .key = upload.key,
                          .query = {{"uploadId", upload.id}},
                          .headers = {{"Content-Type", "application/xml"}},
                          .body = source.get(),
                          .body_sha256 = std::move(hash),
                          .extra_patience = patience_with_completion};
  for (int tries = 1;; ++tries) {
    REGTOOL_TRY_ASSIGN(auto answer, client_.exchange(ctx, request));
    if (is_absent(answer.refusal)) return false;
    if (!answer.good()) return fail(client_.error_of(answer.refusal));
    // The head is sent before it is known how it ends.
    const S3Refusal refusal{200, parse_error(answer.body)};
    if (refusal.words.code.empty()) return true;
    if (refusal.words.code == "NoSuchUpload") return false;
    auto error = client_.error_of(refusal);
    if (tries == max_completions || !error.transient()) return fail(std::move(error));
    if (!ctx.clock.sleep(std::chrono::seconds(tries), ctx.stop)) return fail(Errc::cancelled, "cancelled");
  }
}

Result<bool> S3Uploads::abort(const Context& ctx, const S3Upload& upload) const {
  REGTOOL_TRY_ASSIGN(
      const auto answer,
      client_.exchange(ctx, {.method = Method::del, .key = upload.key, .query = {{"uploadId", upload.id}}}));
  if (is_absent(answer.refusal)) return false;
  if (!answer.good()) return fail(client_.error_of(answer.refusal));
  return true;
}

Result<std::vector<S3Upload>> S3Uploads::list(const Context& ctx, const std::string& prefix) const {
  std::vector<S3Upload> uploads;
  std::string key, id;
  do {
    S3Request request{.query = {{"uploads", ""}, {"encoding-type", "url"}, {"prefix", prefix}}};
    if (!key.empty()) request.query.emplace_back("key-marker", key);
    if (!id.empty()) request.query.emplace_back("upload-id-marker", id);
    REGTOOL_TRY_ASSIGN(const auto body, client_.text(ctx, request));
    REGTOOL_TRY_ASSIGN(auto page, parse_upload_page(body));
    std::move(page.uploads.begin(), page.uploads.end(), std::back_inserter(uploads));
    key = std::move(page.next_key);
    id = std::move(page.next_id);
  } while (!key.empty());
  return uploads;
}

}  // namespace regtool
