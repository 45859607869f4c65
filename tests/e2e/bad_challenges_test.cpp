// Registries and token endpoints that go about authentication in a bad way.

#include "bad_input.hpp"

#include <fmt/format.h>
#include <functional>
#include <gmock/gmock.h>

namespace regtool {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* password = "correct-horse-battery";

class BadChallenge : public BadServer {
 protected:
  enum class As { anybody, user, key };

  void log_in(As who) {
    if (who == As::anybody) return;
    keep_secret(password);
    if (who == As::key) user_.make_key();
    authenticate(who == As::key ? std::string(R"({"plugin": "ssh-key"})")
                                : fmt::format(R"({{"plugin": "token", "user": "ada", "password": "{}"}})", password));
  }

  void challenge(const std::string& header) {
    registry_.plan().on({.target = "/v2/ns/"}, Times::always(),
                        HttpReply{.status = 401, .headers = {{"WWW-Authenticate", header}}});
  }

  void challenge_for_token_from(const std::string& realm) {
    challenge(fmt::format(R"(Bearer realm="{}",service="s",scope="repository:ns/model:pull")", realm));
  }
};

TEST_F(BadChallenge, without_any_scheme_is_not_authorised) {
  registry_.plan().on({.target = "/v2/ns/"}, Times::always(), HttpReply{.status = 401});
  expect_pull_refused({3, {"401"}});
}

TEST_F(BadChallenge, of_an_unknown_scheme_is_not_authorised) {
  challenge("Negotiate");
  expect_pull_refused({3, {"log in", "negotiate"}});
}

TEST_F(BadChallenge, for_a_password_that_is_not_there_is_not_authorised) {
  challenge("Basic realm=\"x\"");
  expect_pull_refused({3, {"password"}});
}

TEST_F(BadChallenge, with_a_bad_realm_is_refused) {
  struct {
    std::string header;
    std::string says;
  } const rows[] = {
      {"Bearer", "no realm"},
      {"Bearer service=\"s\"", "no realm"},
      {"Bearer realm=\"\"", "no realm"},
      {"Bearer realm=\"/v2/token\"", "realm"},
      {"Bearer realm=\"file:///etc/passwd\"", "realm"},
      {"Bearer realm=\"http://ada:secret@127.0.0.1/token\"", "realm"},
      {"Bearer realm=\"http://127.0.0.1:99999/token\"", "realm"},
      {"Bearer realm=\"http://127.0.0.1/a b\"", "realm"},
  };
  for (const auto who : {As::anybody, As::key}) {
    log_in(who);
    for (const auto& row : rows) {
      SCOPED_TRACE(row.header);
      const auto target = "/v2/ns/" + std::to_string(&row - rows) + std::to_string(static_cast<int>(who)) + "/";
      registry_.plan().on({.target = target}, Times::always(),
                          HttpReply{.status = 401, .headers = {{"WWW-Authenticate", row.header}}});
      const auto repository = target.substr(std::string_view("/v2/").size());
      expect_refused({"pull", host() + "/" + repository + "model", "--insecure"}, {1, {"challenge", row.says}});
    }
  }
}

TEST_F(BadChallenge, with_a_realm_elsewhere_gets_no_signature_and_no_password) {
  challenge_for_token_from(other_server_.url() + "/v2/token");
  for (const auto who : {As::key, As::user}) {
    log_in(who);
    expect_pull_refused({3, {other_server_.url(), "trusted-realms"}});
  }
  EXPECT_EQ(elsewhere_.log().count(""), 0u) << elsewhere_.log().text();
}

TEST_F(BadChallenge, with_a_realm_elsewhere_gets_nothing_that_says_who_asks) {
  challenge_for_token_from(other_server_.url() + "/v2/token");
  elsewhere_.plan().on({}, Times::always(), HttpReply{.status = 403});
  expect_pull_refused({3, {other_server_.url(), "403"}});
  for (const auto& request : elsewhere_.log().all()) EXPECT_FALSE(request.headers.get("Authorization"));
}

TEST_F(BadChallenge, that_refuses_every_token_is_not_authorised) {
  challenge_for_token_from(server_.url() + "/v2/token");
  for (const auto who : {As::anybody, As::user, As::key}) {
    log_in(who);
    expect_pull_refused({3, {"401"}});
  }
  EXPECT_LT(registry_.log().count("GET", "/v2/token"), 40u);
}

TEST_F(BadChallenge, with_a_token_endpoint_that_never_answers_ends_by_patience) {
  challenge_for_token_from(server_.url() + "/v2/token");
  registry_.plan().on({.target = "/v2/token"}, Times::always(), HttpReply{}.with(stall_at(Moment::before_head())));
  for (const auto who : {As::user, As::key}) {
    log_in(who);
    expect_pull_times_out({"token from " + server_.url() + "/v2/token: "});
  }
}

TEST_F(BadChallenge, with_a_token_endpoint_that_trickles_for_ever_ends_by_patience) {
  challenge_for_token_from(server_.url() + "/v2/token");
  registry_.plan().on({.target = "/v2/token"}, Times::always(),
                      HttpReply{.body = std::string(10'000, ' ')}.with(trickle(std::chrono::milliseconds(100))));
  for (const auto who : {As::user, As::key}) {
    log_in(who);
    expect_pull_times_out({"token from " + server_.url() + "/v2/token: "});
  }
}

struct TokenRow {
  std::string name;
  HttpReply reply;
  Refusal refusal;
};

void PrintTo(const TokenRow& row, std::ostream* out) { *out << row.name; }

class BadTokenEndpoint : public BadChallenge, public testing::WithParamInterface<TokenRow> {};

const TokenRow token_rows[] = {
    {"answers_401", {.status = 401, .body = R"({"error":"who are you"})"}, {3, {"401", "who are you"}}},
    {"answers_403", {.status = 403, .body = R"({"error":"not for you"})"}, {3, {"403", "not for you"}}},
    {"answers_404", {.status = 404}, {1, {"404"}}},
    {"answers_500", {.status = 500}, {6, {"500"}}},
    {"redirects", {.status = 302, .headers = {{"Location", "/elsewhere"}}}, {1, {"302"}}},
    {"answers_nothing", {}, {6, {"empty"}}},
    {"answers_html", {.body = "<html><body>log in</body></html>"}, {1, {"web page"}}},
    {"answers_null", {.body = "null"}, {1, {"no token"}}},
    {"answers_without_a_token", {.body = R"({"token":7})"}, {1, {"no token"}}},
    {"answers_with_header_fields", {.body = R"({"token":"a\r\nX-Evil: 1"})"}, {1, {"the token has characters"}}},
    {"answers_too_much", {.body = std::string(2 << 20, ' ')}, {1, {"larger than"}}},
    {"answers_100000_brackets", {.body = std::string(100'000, '[')}, {1, {"deep"}}},
};

TEST_P(BadTokenEndpoint, is_told_in_one_line) {
  challenge_for_token_from(server_.url() + "/v2/token");
  registry_.plan().on({.target = "/v2/token"}, Times::always(), GetParam().reply);
  for (const auto who : {As::anybody, As::user, As::key}) {
    log_in(who);
    auto refusal = GetParam().refusal;
    refusal.words.push_back("token from " + server_.url() + "/v2/token: ");
    expect_pull_refused(refusal);
  }
}

INSTANTIATE_TEST_SUITE_P(Every, BadTokenEndpoint, testing::ValuesIn(token_rows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace regtool
