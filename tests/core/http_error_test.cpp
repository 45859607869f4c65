#include "base/http_error.hpp"

#include "fake_context.hpp"
#include "memory_transport.hpp"

#include <gtest/gtest.h>
#include <ostream>

namespace regtool {
namespace {

using namespace std::chrono_literals;

class HttpError : public testing::Test {
 protected:
  Error of(HttpReply reply) {
    MemoryTransport transport;
    reply.sent = sent_;
    transport.serve("http://registry", [&](const HttpRequest&) { return reply; });
    const auto ctx = fake_.context();
    const auto response = transport.send(ctx, {Method::get, "http://registry/", {}});
    if (stop_after_head_) fake_.stop();
    return http_error(ctx, **response);
  }

  FakeContext fake_;
  bool stop_after_head_ = false;
  std::shared_ptr<std::atomic<std::uint64_t>> sent_ = std::make_shared<std::atomic<std::uint64_t>>();
};

TEST_F(HttpError, has_the_status_and_the_registrys_own_words) {
  const auto error = of({404, {}, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]})"});
  EXPECT_EQ(error.code, Errc::not_found);
  EXPECT_EQ(error.message, "the server answered 404: manifest unknown (MANIFEST_UNKNOWN)");
}

TEST_F(HttpError, says_what_the_status_means_where_the_registry_has_no_words) {
  EXPECT_EQ(of({502, {}, "<html><body>Bad Gateway</body></html>"}).message, "the server answered 502: bad gateway");
  EXPECT_EQ(of({599, {}, ""}).message, "the server answered 599");
}

TEST_F(HttpError, a_refused_digest_is_corrupt) {
  EXPECT_EQ(of({400, {}, R"({"errors":[{"code":"DIGEST_INVALID","message":"wrong"}]})"}).code, Errc::corrupt);
}

TEST_F(HttpError, brings_the_time_that_the_registry_asked_to_wait) {
  fake_.clock.set_wall_time(std::chrono::system_clock::time_point(0s));
  EXPECT_EQ(of({429, {{"retry-after", "17"}}, ""}).retry_after, 17s);
  EXPECT_EQ(of({503, {{"Retry-After", "Thu, 01 Jan 1970 00:01:00 GMT"}}, ""}).retry_after, 60s);
  EXPECT_EQ(of({503, {}, ""}).retry_after, std::nullopt);
}

TEST_F(HttpError, reads_64_KiB_at_most) {
  of({500, {}, std::string(1 << 20, 'x')});
  EXPECT_EQ(*sent_, 65536U);
}

TEST_F(HttpError, does_not_wait_for_a_body_that_trickles) {
  of(HttpReply{500, {}, std::string(1000, 'x')}.with(trickle(1s)));
  EXPECT_LE(*sent_, 6U);
}

TEST_F(HttpError, does_not_read_the_body_of_416_which_some_registries_cut_short) {
  EXPECT_EQ(of({416, {}, "anything"}).message, "the server answered 416: range not satisfiable");
  EXPECT_EQ(*sent_, 0U);
}

TEST_F(HttpError, keeps_the_status_when_the_body_breaks_off) {
  const auto error = of(HttpReply{403, {}, "no entry"}.with(cut_at(Moment::in_body(2))));
  EXPECT_EQ(error.code, Errc::forbidden);
  EXPECT_EQ(error.message, "the server answered 403: no");
}

TEST_F(HttpError, is_cancelled_when_the_user_stops_it) {
  stop_after_head_ = true;
  EXPECT_EQ(of({500, {}, "words"}).code, Errc::cancelled);
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
