#include "s3_client.hpp"

#include "hashing.hpp"
#include "number_text.hpp"
#include "one_line.hpp"
#include "sigv4.hpp"
#include "time_text.hpp"

#include <fmt/format.h>

namespace regtool {
namespace {

constexpr int max_tries = 3;  // of what may be repeated at once, and of what breaks off
constexpr std::chrono::milliseconds first_pause{250};

// A service forgives a quarter of an hour; what is further off than this may be why it refused.
constexpr std::chrono::minutes notable_skew{5};

constexpr std::size_t max_refusal = 64 << 10;

// Its status is what matters: a body that does not come has no words.
S3Refusal refusal_of(Response& response) {
  const auto body = read_all(response, max_refusal);
  S3Refusal refusal{response.status(), body ? parse_error(*body) : S3Words()};
  if (refusal.words.region.empty()) {
    refusal.words.region = one_line(response.headers().get("x-amz-bucket-region").value_or(""));
  }
  return refusal;
}

bool keys_expired(const S3Refusal& refusal) {
  const auto& code = refusal.words.code;
  return code == "ExpiredToken" || code == "TokenRefreshRequired";
}

}  // namespace

struct S3Client::Attempt {
  S3Answer answer;
  std::optional<S3Credentials> credentials{};
  std::chrono::system_clock::time_point signed_at{};
  std::optional<std::chrono::system_clock::time_point> answered_at{};  // by the service's clock
};

S3Client::S3Client(Transport& transport, std::unique_ptr<CredentialCache> credentials, S3ClientOptions options)
    : transport_(transport),
      credentials_(std::move(credentials)),
      address_(std::move(options.address)),
      place_{std::move(options.bucket), address_.endpoint(), std::move(options.region)} {}

Result<S3Answer> S3Client::send(const Context& ctx, const S3Request& request) {
  bool corrected = false;
  for (int tries = 1;; ++tries) {
    REGTOOL_TRY_ASSIGN(auto attempt, this->attempt(ctx, request));
    auto& answer = attempt.answer;
    if (answer.good()) return std::move(answer);
    if (!corrected && put_right(ctx, attempt)) {
      corrected = true;
      continue;
    }
    if (repeatable(answer.refusal) && tries < max_tries) continue;
    // A HEAD is refused without words. The same as a GET has them.
    if (request.method == Method::head && answer.refusal.status != 404 && answer.refusal.status != 412) {
      auto question = request;
      question.method = Method::get;
      question.headers.set("Range", "bytes=0-0");
      REGTOOL_TRY_ASSIGN(auto asked, this->attempt(ctx, question));
      if (!asked.answer.good()) return std::move(asked.answer);
    }
    return std::move(answer);
  }
}

Result<S3Reply> S3Client::exchange(const Context& ctx, const S3Request& request, std::size_t limit) {
  auto pause = first_pause;
  for (int tries = 1;; ++tries) {
    REGTOOL_TRY_ASSIGN(auto answer, send(ctx, request));
    S3Reply reply{answer.response->headers(), {}, std::move(answer.refusal)};
    if (!reply.good() || request.method == Method::head) return reply;
    if (number_in(reply.header("Content-Length")).value_or(0) > limit) {
      return fail(Errc::corrupt, request.key + " has more bytes than it may have");
    }
    auto body = read_all(*answer.response, limit);
    if (body) {
      reply.body = std::move(*body);
      return reply;
    }
    if (!body.error().transient() || tries == max_tries) return fail(std::move(body).error());
    ctx.console.debug(body.error().message + "; asking again in " + std::to_string(pause.count()) + " ms");
    if (!ctx.clock.sleep(pause, ctx.stop)) return fail(Errc::cancelled, "cancelled");
    pause *= 2;
  }
}

Result<std::string> S3Client::text(const Context& ctx, const S3Request& request) {
  REGTOOL_TRY_ASSIGN(auto reply, exchange(ctx, request));
  if (!reply.good()) return fail(error_of(reply.refusal));
  return std::move(reply.body);
}

Result<S3Client::Attempt> S3Client::attempt(const Context& ctx, const S3Request& request) {
  Attempt attempt;
  REGTOOL_TRY_ASSIGN(attempt.credentials, credentials_->get(ctx));
  attempt.signed_at = now(ctx.clock);
  REGTOOL_TRY_ASSIGN(const auto to_send, sign(request, attempt.credentials, attempt.signed_at));
  auto& response = attempt.answer.response;
  REGTOOL_TRY_ASSIGN(response, transport_.send(ctx, to_send));
  attempt.answered_at = parse_date_header(response->headers().get("Date").value_or(""));
  const auto status = response->status();
  if (status < 200 || status >= 300) attempt.answer.refusal = refusal_of(*response);
  return attempt;
}

Result<Request> S3Client::sign(const S3Request& request, const std::optional<S3Credentials>& credentials,
                               std::chrono::system_clock::time_point time) const {
  SignedParts parts{.method = to_string(request.method),
                    .path = address_.path_of(request.key),
                    .query = request.query,
                    .headers = request.headers,
                    .payload = request.body_sha256.empty() ? std::string(sha256_of_nothing) : request.body_sha256};
  const auto query = canonical_query(request.query);
  Request to_send{.method = request.method,
                  .url = address_.origin() + parts.path + (query.empty() ? "" : "?" + query),
                  .body = request.body,
                  .extra_patience = request.extra_patience};
  if (!credentials) {
    to_send.headers = request.headers;
    return to_send;
  }
  const auto timestamp = amz_time(time);
  parts.headers.set("x-amz-date", timestamp);
  parts.headers.set("x-amz-content-sha256", parts.payload);
  if (!credentials->token.empty()) parts.headers.set("x-amz-security-token", credentials->token);
  to_send.headers = parts.headers;
  parts.headers.set("host", std::string(address_.host()));
  REGTOOL_TRY_ASSIGN(
      auto value, authorization(parts, {credentials->access_key, credentials->secret_key, place_.region}, timestamp));
  to_send.headers.set("Authorization", std::move(value));
  return to_send;
}

// True if the next attempt is made with something that was wrong in this one.
bool S3Client::put_right(const Context& ctx, const Attempt& attempt) {
  const auto& refusal = attempt.answer.refusal;
  if (!attempt.credentials) return false;
  if (keys_expired(refusal) || (refusal.status == 400 && refusal.words.code.empty() && attempt.credentials->expires)) {
    credentials_->forget(*attempt.credentials);
    return true;
  }
  if (!attempt.answered_at || refusal.status != 403) return false;
  const auto off = *attempt.answered_at - attempt.signed_at;
  if (refusal.words.code != "RequestTimeTooSkewed" && off < notable_skew && off > -notable_skew) return false;
  skew_ = *attempt.answered_at - ctx.clock.wall_time();
  ctx.console.debug(fmt::format("the clock of {} is {} s ahead of ours; signing by it", address_.endpoint(),
                                std::chrono::duration_cast<std::chrono::seconds>(skew_.load()).count()));
  return true;
}

}  // namespace regtool
