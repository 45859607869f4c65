#include "transport-poco/proxy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

namespace regtool {
namespace {

using Variables = std::map<std::string, std::string>;

Result<ProxyRules> rules(const std::string& option, const Variables& variables) {
  return ProxyRules::make(option, [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

// The proxy for `url`, as "host:port"; "" for none.
std::string chosen(const std::string& option, const Variables& variables, const std::string& url) {
  const auto made = rules(option, variables);
  if (!made) return made.error().message;
  const auto proxy = made->choose(Url::parse(url).value());
  return proxy ? proxy->host + ":" + std::to_string(proxy->port) : "";
}

TEST(ProxyRules, choose_none_by_themselves) { EXPECT_EQ(chosen("", {}, "https://a.test/"), ""); }

TEST(ProxyRules, choose_by_the_scheme_of_the_url) {
  const Variables variables{{"HTTPS_PROXY", "http://secure:1"}, {"http_proxy", "plain:2"}};
  EXPECT_EQ(chosen("", variables, "https://a.test/"), "secure:1");
  EXPECT_EQ(chosen("", variables, "http://a.test/"), "plain:2");
}

TEST(ProxyRules, fall_back_to_the_proxy_for_all) {
  const Variables variables{{"ALL_PROXY", "http://all:3"}, {"HTTPS_PROXY", "http://secure:1"}};
  EXPECT_EQ(chosen("", variables, "https://a.test/"), "secure:1");
  EXPECT_EQ(chosen("", variables, "http://a.test/"), "all:3");
}

TEST(ProxyRules, prefer_small_letters_and_skip_what_is_empty) {
  EXPECT_EQ(chosen("", {{"https_proxy", "low:1"}, {"HTTPS_PROXY", "high:2"}}, "https://a.test/"), "low:1");
  EXPECT_EQ(chosen("", {{"https_proxy", ""}, {"HTTPS_PROXY", "high:2"}}, "https://a.test/"), "high:2");
}

TEST(ProxyRules, honour_no_proxy) {
  const Variables variables{{"ALL_PROXY", "all:3"}, {"no_proxy", "a.test,localhost:5000"}};
  EXPECT_EQ(chosen("", variables, "https://cdn.a.test/"), "");
  EXPECT_EQ(chosen("", variables, "http://localhost:5000/"), "");
  EXPECT_EQ(chosen("", variables, "http://localhost:5001/"), "all:3");
}

TEST(ProxyRules, let_the_option_override_the_environment) {
  const Variables variables{{"ALL_PROXY", "all:3"}, {"NO_PROXY", "*"}};
  EXPECT_EQ(chosen("http://mine:8080", variables, "https://a.test/"), "mine:8080");
  EXPECT_EQ(chosen("none", {{"ALL_PROXY", "all:3"}}, "https://a.test/"), "");
}

TEST(ProxyRules, take_credentials_and_ipv6_from_the_url) {
  const auto proxy = rules("http://user:p%40ss@[::1]:3128/", {}).value().choose(Url::parse("http://a.test").value());
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->host, "::1");
  EXPECT_EQ(proxy->port, 3128);
  EXPECT_EQ(proxy->authorization, "Basic dXNlcjpwQHNz");  // "user:p@ss"
}

TEST(ProxyRules, refuse_what_is_no_http_proxy_without_showing_it) {
  for (const char* bad : {"https://u:hush@p:1", "socks5://u:hush@p:1", "http://u:hush@:1", "http://u:hush@p:99999"}) {
    const auto made = rules("", {{"HTTPS_PROXY", bad}});
    ASSERT_FALSE(made) << bad;
    EXPECT_EQ(made.error().code, Errc::invalid_argument);
    EXPECT_THAT(made.error().message, testing::StartsWith("HTTPS_PROXY: "));
    EXPECT_THAT(made.error().message, testing::Not(testing::HasSubstr("hush")));
  }
}

}  // namespace
}  // namespace regtool
