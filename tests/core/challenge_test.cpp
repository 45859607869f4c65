#include "base/challenge.hpp"

#include <gtest/gtest.h>
#include <ostream>

namespace regtool {
namespace {

struct Case {
  std::string header;
  std::string read_as;  // one challenge after the other: scheme{name=value;…}
};

void PrintTo(const Case& row, std::ostream* out) { *out << row.header; }

std::string shown(const std::vector<Challenge>& challenges) {
  std::string text;
  for (const auto& challenge : challenges) {
    text += challenge.scheme + "{";
    for (const auto& [name, value] : challenge.params) text += name + "=" + value + ";";
    text += "}";
  }
  return text;
}

class ChallengeHeader : public testing::TestWithParam<Case> {};

TEST_P(ChallengeHeader, is_read) { EXPECT_EQ(shown(parse_challenges(GetParam().header)), GetParam().read_as); }

const Case well_formed[] = {
    {R"(Bearer realm="https://h/v2/token",service="ollama",scope="repository:ns/m:pull,push")",
     "bearer{realm=https://h/v2/token;scope=repository:ns/m:pull,push;service=ollama;}"},
    {R"(Basic realm="Registry")", "basic{realm=Registry;}"},
    {"Negotiate", "negotiate{}"},
    {R"(BEARER Realm="r", SCOPE="s")", "bearer{realm=r;scope=s;}"},
    {R"(Bearer realm=r,nonce=abc-123)", "bearer{nonce=abc-123;realm=r;}"},
    {R"(Basic realm="a", Bearer realm="b", service="s")", "basic{realm=a;}bearer{realm=b;service=s;}"},
    {R"(Negotiate, Basic realm="a")", "negotiate{}basic{realm=a;}"},
    {R"(NTLM TlRMTVNTUAACAAAA==, Basic realm="a")", "ntlm{}basic{realm=a;}"},
    {R"(Negotiate YII=)", "negotiate{}"},
    {R"(Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple")",
     R"(newauth{realm=apps;title=Login to "apps";type=1;}basic{realm=simple;})"},  // RFC 9110, section 11.6.1
    {R"(Basic realm="a, Bearer realm=\"b\"")", R"(basic{realm=a, Bearer realm="b";})"},
    {R"(Basic realm="")", "basic{realm=;}"},
};
INSTANTIATE_TEST_SUITE_P(WellFormed, ChallengeHeader, testing::ValuesIn(well_formed));

const Case odd[] = {
    {"", ""},
    {" , ,, ", ""},
    {"  Bearer   realm = \"r\" ,\tservice= s  ", "bearer{realm=r;service=s;}"},
    {R"(,,Bearer realm="r",,,service="s",)", "bearer{realm=r;service=s;}"},
    {R"(Bearer, realm="r")", "bearer{realm=r;}"},
    {R"(Bearer realm="r" service="s")", "bearer{realm=r;service=s;}"},  // commas forgotten
    {R"(Bearer realm=https://h/token?a=b,service=s)", "bearer{realm=https://h/token?a=b;service=s;}"},
    {R"(Bearer realm="first",realm="second")", "bearer{realm=first;}"},
    {R"(Bearer realm="never closed, Basic)", "bearer{realm=never closed, Basic;}"},
    {R"(Bearer realm="ends in a backslash\)", R"(bearer{realm=ends in a backslash\;})"},
    {R"("quoted, nonsense" x, Basic realm="a")", "basic{realm=a;}"},
    {R"(=, ="b, c", Basic realm="a")", "basic{realm=a;}"},
    {R"(realm="no scheme")", "realm{}"},
    {R"(Bearer /\ "x, y", Basic realm="a")", "bearer{}basic{realm=a;}"},
    {R"(Bearer realm=)", "bearer{}"},
};
INSTANTIATE_TEST_SUITE_P(Odd, ChallengeHeader, testing::ValuesIn(odd));

TEST(ChallengeHeaders, may_be_several) {
  const Headers headers{{"www-authenticate", R"(Basic realm="a")"},
                        {"Content-Type", "text/plain"},
                        {"WWW-Authenticate", R"(Bearer realm="b", Digest realm="c")"}};
  EXPECT_EQ(shown(parse_challenges(headers)), "basic{realm=a;}bearer{realm=b;}digest{realm=c;}");
}

TEST(ChallengeHeaders, leave_trust_to_the_caller) {
  const auto challenges = parse_challenges(R"(Bearer realm="https://h/token")");
  ASSERT_EQ(challenges.size(), 1U);
  EXPECT_EQ(challenges[0].origin, "");
  EXPECT_FALSE(challenges[0].realm_trusted);
}

}  // namespace
}  // namespace regtool
