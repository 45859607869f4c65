#include "base/http_error.hpp"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <ostream>

namespace regtool {
namespace {

using namespace std::chrono_literals;

// `step` passes with every look at it.
class SteppingClock : public Clock {
 public:
  std::chrono::steady_clock::time_point now() const noexcept override {
    return std::chrono::steady_clock::time_point(++looks_ * step);
  }
  std::chrono::system_clock::time_point wall_time() const noexcept override { return {}; }
  bool sleep(std::chrono::milliseconds, const std::stop_token&) const noexcept override { return true; }

  std::chrono::milliseconds step{0};

 private:
  mutable int looks_ = 0;
};

class SilentConsole : public Console {
 public:
  void warn(std::string_view) noexcept override {}
  void debug(std::string_view) noexcept override {}
  Result<std::string> ask_secret(std::string_view) noexcept override { return fail(Errc::unsupported, "no terminal"); }
};

// Gives `body` in pieces of `piece` bytes, then `end`.
class CannedResponse : public Response {
 public:
  CannedResponse(int status, std::string body, Headers headers = {})
      : status_(status), body_(std::move(body)), headers_(std::move(headers)) {}

  int status() const noexcept override { return status_; }
  const Headers& headers() const noexcept override { return headers_; }
  Result<std::size_t> read(std::span<std::byte> out) noexcept override {
    const auto count = std::min({out.size(), piece, body_.size() - given});
    if (count == 0 && end) return fail(*end);
    std::memcpy(out.data(), body_.data() + given, count);
    given += count;
    return count;
  }

  std::size_t piece = 4096;
  std::size_t given = 0;
  std::optional<Error> end;

 private:
  int status_;
  std::string body_;
  Headers headers_;
};

class HttpError : public testing::Test {
 protected:
  SteppingClock clock_;
  SilentConsole console_;
  Context ctx_{{}, clock_, console_};
};

TEST_F(HttpError, has_the_status_and_the_registrys_own_words) {
  CannedResponse response(404, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]})");
  const auto error = http_error(ctx_, response);
  EXPECT_EQ(error.code, Errc::not_found);
  EXPECT_EQ(error.message, "the server answered 404: manifest unknown (MANIFEST_UNKNOWN)");
}

TEST_F(HttpError, says_what_the_status_means_where_the_registry_has_no_words) {
  CannedResponse response(502, "<html><body>Bad Gateway</body></html>");
  EXPECT_EQ(http_error(ctx_, response).message, "the server answered 502: bad gateway");
  CannedResponse unknown(599, "");
  EXPECT_EQ(http_error(ctx_, unknown).message, "the server answered 599");
}

TEST_F(HttpError, a_refused_digest_is_corrupt) {
  CannedResponse response(400, R"({"errors":[{"code":"DIGEST_INVALID","message":"wrong"}]})");
  EXPECT_EQ(http_error(ctx_, response).code, Errc::corrupt);
}

TEST_F(HttpError, brings_the_time_that_the_registry_asked_to_wait) {
  CannedResponse seconds(429, "", {{"retry-after", "17"}});
  EXPECT_EQ(http_error(ctx_, seconds).retry_after, 17s);
  CannedResponse date(503, "", {{"Retry-After", "Thu, 01 Jan 1970 00:01:00 GMT"}});
  EXPECT_EQ(http_error(ctx_, date).retry_after, 60s);
  CannedResponse none(503, "");
  EXPECT_EQ(http_error(ctx_, none).retry_after, std::nullopt);
}

TEST_F(HttpError, reads_64_KiB_at_most) {
  CannedResponse response(500, std::string(1 << 20, 'x'));
  response.piece = 1 << 20;
  http_error(ctx_, response);
  EXPECT_EQ(response.given, 65536U);
}

TEST_F(HttpError, does_not_wait_for_a_body_that_trickles) {
  CannedResponse response(500, std::string(60000, 'x'));
  response.piece = 1;
  clock_.step = 1s;
  http_error(ctx_, response);
  EXPECT_LE(response.given, 5U);
}

TEST_F(HttpError, does_not_read_the_body_of_416_which_some_registries_cut_short) {
  CannedResponse response(416, "anything");
  EXPECT_EQ(http_error(ctx_, response).message, "the server answered 416: range not satisfiable");
  EXPECT_EQ(response.given, 0U);
}

TEST_F(HttpError, keeps_the_status_when_the_body_breaks_off) {
  CannedResponse response(403, "no entry");
  response.end = Error{Errc::unavailable, "reset"};
  const auto error = http_error(ctx_, response);
  EXPECT_EQ(error.code, Errc::forbidden);
  EXPECT_EQ(error.message, "the server answered 403: no entry");
}

TEST_F(HttpError, is_cancelled_when_the_user_stops_it) {
  CannedResponse response(500, "half");
  response.end = Error{Errc::cancelled, "cancelled"};
  EXPECT_EQ(http_error(ctx_, response).code, Errc::cancelled);
}

struct Status {
  int status;
  Errc code;
};

class ErrcOfStatus : public testing::TestWithParam<Status> {};

TEST_P(ErrcOfStatus, is_what_a_caller_branches_on) {
  EXPECT_EQ(errc_of_status(GetParam().status), GetParam().code) << GetParam().status;
}

constexpr Status statuses[] = {
    {302, Errc::protocol},    {400, Errc::protocol},    {401, Errc::unauthenticated}, {402, Errc::forbidden},
    {403, Errc::forbidden},   {404, Errc::not_found},   {405, Errc::unsupported},     {407, Errc::unauthenticated},
    {408, Errc::unavailable}, {410, Errc::not_found},   {412, Errc::unsupported},     {416, Errc::protocol},
    {425, Errc::unavailable}, {429, Errc::unavailable}, {451, Errc::forbidden},       {500, Errc::unavailable},
    {501, Errc::unsupported}, {503, Errc::unavailable}, {504, Errc::timeout},         {507, Errc::no_space},
    {599, Errc::unavailable}, {600, Errc::protocol},
};
INSTANTIATE_TEST_SUITE_P(Statuses, ErrcOfStatus, testing::ValuesIn(statuses));

struct Body {
  std::string body;
  std::string words;
};

void PrintTo(const Body& row, std::ostream* out) { *out << row.body.substr(0, 80); }

class WordsOfErrorBody : public testing::TestWithParam<Body> {};

TEST_P(WordsOfErrorBody, are_the_registrys_own_in_one_line) {
  EXPECT_EQ(words_of_error_body(GetParam().body), GetParam().words);
}

const Body bodies[] = {
    {R"({"errors":[{"code":"DENIED","message":"requested access to the resource is denied","detail":null}]})",
     "requested access to the resource is denied (DENIED)"},
    {R"({"errors":[{"code":"BLOB_UNKNOWN"}]})", "BLOB_UNKNOWN"},
    {R"({"errors":[{"code":"A","message":"m","detail":"more"}]})", "m (A): more"},
    {R"({"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown","detail":{"digest":"sha256:ab"}}]})",
     "blob unknown (MANIFEST_BLOB_UNKNOWN): sha256:ab"},
    {R"({"errors":[{"message":"a"},{"message":"b"},{"message":"c"},{"message":"d"},{"message":"e"}]})",
     "a; b; c; and 2 more"},
    {R"({"errors":[7,"text"]})", ""},
    {R"({"errors":[]})", ""},
    {R"({"error":"model not found"})", "model not found"},
    {R"({"code":"E1","error":"bad key"})", "bad key"},
    {R"({"error":{"code":"E2","message":"inner"}})", "inner (E2)"},
    {R"({"details":"incorrect username or password"})", "incorrect username or password"},
    {R"({"error":"invalid_grant","error_description":"token has expired"})", "token has expired"},
    {R"({"error":"\u001b[2Jgone\nsecond"})", "[2Jgone second"},
    {R"({"unfinished")", ""},
    {"  plain text\nsecond line", "plain text"},
    {"404 page not found\n", "404 page not found"},
    {"<!DOCTYPE html><title>x</title>", ""},
    {"\n <html>", ""},
    {"", ""},
    {std::string(1000, 'a'), std::string(300, 'a') + "\u2026"},
    {std::string(65536, '{'), ""},
};
INSTANTIATE_TEST_SUITE_P(Bodies, WordsOfErrorBody, testing::ValuesIn(bodies));

}  // namespace
}  // namespace regtool
