#include "s3_objects.hpp"

#include "hashing.hpp"
#include "number_text.hpp"
#include "time_text.hpp"

namespace regtool {
namespace {

constexpr const char* verified_header = "x-amz-meta-regtool-verified";

Headers headers_of(const S3Condition& condition, bool bare_etag) {
  if (condition.if_absent) return {{"If-None-Match", "*"}};
  if (condition.if_etag.empty()) return {};
  return {{"If-Match", bare_etag ? condition.if_etag.substr(1, condition.if_etag.size() - 2) : condition.if_etag}};
}

std::chrono::system_clock::time_point time_in(const S3Reply& answer, std::string_view header) {
  return parse_date_header(answer.header(header)).value_or(std::chrono::system_clock::time_point());
}

bool knows_no_conditions(const S3Refusal& refusal) {
  return refusal.status == 501 || refusal.words.code == "NotImplemented";
}

}  // namespace

Headers verified_headers(const Digest& digest) { return {{verified_header, digest.text()}}; }

Result<S3ObjectFacts> facts_of(const S3Reply& answer) {
  const auto size = number_in(answer.header("Content-Length"));
  auto etag = answer.header("ETag");
  if (!size || etag.empty()) return fail(Errc::protocol, "the service does not say what an object is like");
  return S3ObjectFacts{std::move(etag), *size, answer.header(verified_header)};
}

Result<std::optional<S3ObjectFacts>> S3Objects::head(const Context& ctx, const std::string& key) const {
  REGTOOL_TRY_ASSIGN(const auto answer, client_.exchange(ctx, {.method = Method::head, .key = key}));
  if (is_absent(answer.refusal)) return std::nullopt;
  if (!answer.good()) return fail(client_.error_of(answer.refusal));
  REGTOOL_TRY_ASSIGN(auto facts, facts_of(answer));
  return facts;
}

Result<std::optional<S3Text>> S3Objects::get(const Context& ctx, const std::string& key, std::size_t limit) const {
  REGTOOL_TRY_ASSIGN(const auto answer, client_.exchange(ctx, {.key = key}, limit));
  if (is_absent(answer.refusal)) return std::nullopt;
  if (!answer.good()) return fail(client_.error_of(answer.refusal));
  REGTOOL_TRY_ASSIGN(const auto facts, facts_of(answer));
  return S3Text{answer.body, facts.etag, time_in(answer, "Last-Modified"), time_in(answer, "Date")};
}

Result<std::optional<std::string>> S3Objects::put(const Context& ctx, const std::string& key, std::string bytes,
                                                  const S3Condition& condition) const {
  REGTOOL_TRY_ASSIGN(auto hash, sha256_hex(bytes));
  const auto source = memory_source(bytes);
  const bool bare_etag = client_.quirks().bare_etags;  // another thread may find out meanwhile
  S3Request request{.method = Method::put,
                    .key = key,
                    .headers = headers_of(condition, bare_etag),
                    .body = source.get(),
                    .body_sha256 = std::move(hash)};
  REGTOOL_TRY_ASSIGN(auto answer, client_.exchange(ctx, request));
  if (knows_no_conditions(answer.refusal)) {
    request.headers = {};
    REGTOOL_TRY_ASSIGN(answer, client_.exchange(ctx, request));
  }
  // 404: If-Match, and there is nothing.
  if (answer.refusal.status == 412 || (is_absent(answer.refusal) && !condition.if_etag.empty())) {
    if (condition.if_etag.empty() || bare_etag) return std::nullopt;
    // Ceph compares quotes and all. If it is the one that we meant, it was refused for them.
    REGTOOL_TRY_ASSIGN(const auto there, head(ctx, key));
    if (!there || there->etag != condition.if_etag) return std::nullopt;
    client_.quirks().bare_etags = true;
    return put(ctx, key, std::move(bytes), condition);
  }
  if (!answer.good()) return fail(client_.error_of(answer.refusal));
  return answer.header("ETag");
}

Result<> S3Objects::put_blob(const Context& ctx, const std::string& key, const Source& source,
                             const Digest& digest) const {
  REGTOOL_TRY_ASSIGN(const auto answer, client_.exchange(ctx, {.method = Method::put,
                                                               .key = key,
                                                               .headers = verified_headers(digest),
                                                               .body = &source,
                                                               .body_sha256 = std::string(digest.hex())}));
  if (!answer.good()) return fail(client_.error_of(answer.refusal));
  return {};
}

Result<> S3Objects::remove(const Context& ctx, const std::string& key) const {
  REGTOOL_TRY_ASSIGN(const auto answer, client_.exchange(ctx, {.method = Method::del, .key = key}));
  if (!answer.good() && !is_absent(answer.refusal)) return fail(client_.error_of(answer.refusal));
  return {};
}

Result<> S3Objects::list(const Context& ctx, const std::string& prefix, const std::string& delimiter,
                         const Use& use) const {
  S3Request request{.query = {{"list-type", "2"}, {"encoding-type", "url"}, {"prefix", prefix}}};
  if (!delimiter.empty()) request.query.emplace_back("delimiter", delimiter);
  const auto first_page = request.query;
  while (true) {
    REGTOOL_TRY_ASSIGN(const auto body, client_.text(ctx, request));
    REGTOOL_TRY_ASSIGN(const auto page, parse_object_page(body));
    REGTOOL_TRY(use(page));
    if (page.next.empty()) return {};
    request.query = first_page;
    request.query.emplace_back("continuation-token", page.next);
  }
}

}  // namespace regtool
