#include "engine/authorizing_transport.hpp"

#include "fake_context.hpp"
#include "memory_transport.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <thread>

namespace regtool {
namespace {

using testing::HasSubstr;

// Gives "token-1", "token-2", …
class CountingAuthenticator final : public Authenticator {
 public:
  Result<Credential> answer(const Context& ctx, const Challenge& challenge, Transport&) noexcept override {
    last = challenge;
    ++asked;
    if (failure) return fail(*failure);
    return Credential{fixed.empty() ? "Bearer token-" + std::to_string(asked) : fixed, ctx.clock.now() + lifetime};
  }

  std::atomic<int> asked{0};
  Challenge last;
  std::optional<Error> failure;
  std::chrono::seconds lifetime{300};
  std::string fixed;  // what it gives instead, each time
};

struct Guarded {
  FakeContext fake;
  MemoryTransport transport;
  CountingAuthenticator authenticator;
  RegistryAccess access{"https://registry.test", {}, false, {}, {}, &transport, &authenticator};
  std::string accepted = "Bearer token-1";
  std::string realm = "https://registry.test/v2/token";
  std::atomic<int> refused{0};

  Guarded() {
    transport.serve("https://registry.test", [this](const HttpRequest& request) {
      if (request.header("Authorization") == accepted) return HttpReply{};
      ++refused;
      return HttpReply{.status = 401, .headers = {{"WWW-Authenticate", "Bearer realm=\"" + realm + "\",scope=\"s\""}}};
    });
  }

  Result<int> get(AuthorizingTransport& authorizing, const std::string& url = "https://registry.test/v2/x") {
    return authorizing.send(fake.context(), {Method::get, url, {}}).map([](const auto& response) {
      return response->status();
    });
  }
};

TEST(AuthorizingTransport, answers_a_challenge_and_keeps_the_credential) {
  Guarded registry;
  AuthorizingTransport authorizing(registry.access);
  EXPECT_EQ(registry.get(authorizing), 200);
  EXPECT_EQ(registry.get(authorizing), 200);
  EXPECT_EQ(registry.authenticator.asked, 1);
  EXPECT_EQ(registry.refused, 1);
}

TEST(AuthorizingTransport, does_not_send_again_what_was_refused) {
  Guarded registry;
  registry.authenticator.fixed = "Basic d3Jvbmc=";
  AuthorizingTransport authorizing(registry.access);
  EXPECT_EQ(registry.get(authorizing), 401);
  EXPECT_EQ(registry.refused, 2);  // without it, and with it
}

TEST(AuthorizingTransport, asks_once_for_many_waiting_requests) {
  Guarded registry;
  AuthorizingTransport authorizing(registry.access);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 32; ++i) threads.emplace_back([&] { EXPECT_EQ(registry.get(authorizing), 200); });
  }
  EXPECT_EQ(registry.authenticator.asked, 1);
}

TEST(AuthorizingTransport, sends_no_credential_to_another_origin) {
  Guarded registry;
  std::string seen = "nothing";
  registry.transport.serve("https://cdn.test", [&](const HttpRequest& request) {
    seen = request.header("Authorization");
    return HttpReply{.status = 401, .headers = {{"WWW-Authenticate", "Basic realm=\"cdn\""}}};
  });
  AuthorizingTransport authorizing(registry.access);
  ASSERT_EQ(registry.get(authorizing), 200);

  EXPECT_EQ(registry.get(authorizing, "https://cdn.test/blob"), 401);
  EXPECT_EQ(seen, "");
  EXPECT_EQ(registry.authenticator.asked, 1);
}

TEST(AuthorizingTransport, brings_no_credential_to_storage_on_the_same_origin_unless_it_is_asked_for) {
  Guarded registry;
  AuthorizingTransport authorizing(registry.access);
  ASSERT_EQ(registry.get(authorizing), 200);
  const auto refused = registry.refused.load();

  EXPECT_EQ(registry.get(authorizing, "https://registry.test/storage/x?signature=1"), 200);

  EXPECT_EQ(registry.refused, refused + 1);
  EXPECT_EQ(registry.authenticator.asked, 1);
}

TEST(AuthorizingTransport, renews_a_credential_that_is_about_to_expire_without_being_refused) {
  Guarded registry;
  AuthorizingTransport authorizing(registry.access);
  ASSERT_EQ(registry.get(authorizing), 200);
  registry.fake.clock.advance(std::chrono::seconds(299));
  registry.accepted = "Bearer token-2";
  EXPECT_EQ(registry.get(authorizing), 200);
}

TEST(AuthorizingTransport, gives_up_when_every_credential_is_refused) {
  Guarded registry;
  registry.accepted = "never";
  AuthorizingTransport authorizing(registry.access);
  EXPECT_EQ(registry.get(authorizing), 401);
  EXPECT_LE(registry.refused, 6);
}

TEST(AuthorizingTransport, gets_every_request_through_though_each_token_is_good_for_one) {
  Guarded registry;
  std::mutex mutex;
  std::set<std::string> used;
  registry.transport.serve("https://registry.test", [&](const HttpRequest& request) {
    // So that the others overtake.
    std::this_thread::sleep_for(std::chrono::microseconds(50));
    const std::lock_guard lock(mutex);
    const auto token = request.header("Authorization");
    if (!token.empty() && used.insert(token).second) return HttpReply{};
    return HttpReply{.status = 401, .headers = {{"WWW-Authenticate", "Bearer realm=\"" + registry.realm + "\""}}};
  });
  AuthorizingTransport authorizing(registry.access);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 32; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 20; ++k) EXPECT_EQ(registry.get(authorizing), 200);
      });
    }
  }
  EXPECT_EQ(used.size(), 640U);
}

TEST(AuthorizingTransport, tells_why_a_challenge_could_not_be_answered) {
  Guarded registry;
  registry.authenticator.failure = Error{Errc::unauthenticated, "no key", std::nullopt};
  AuthorizingTransport authorizing(registry.access);
  const auto status = registry.get(authorizing);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::unauthenticated);
  EXPECT_THAT(status.error().message, HasSubstr("registry.test: no key"));
}

TEST(AuthorizingTransport, trusts_a_realm_of_its_own_origin_and_those_it_is_told_to) {
  const std::tuple<const char*, bool> rows[] = {
      {"https://registry.test/v2/token", true},
      {"https://auth.test/token", true},
      {"https://auth.test:444/token", false},
      {"https://elsewhere.test/token", false},
      {"http://registry.test/v2/token", false},
      {"https://registry.test.evil.test/", false},
      {"", false},
  };
  for (const auto& [realm, trusted] : rows) {
    Guarded registry;
    registry.realm = realm;
    registry.access.trusted_realms = {"https://auth.test"};
    AuthorizingTransport authorizing(registry.access);
    EXPECT_EQ(registry.get(authorizing), 200);
    EXPECT_EQ(registry.authenticator.last.realm_trusted, trusted) << realm;
    EXPECT_EQ(registry.authenticator.last.origin, "https://registry.test");
  }
}

}  // namespace
}  // namespace regtool
