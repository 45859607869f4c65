// The system's clock is set while a model is moved.

#include <regtool/auth.hpp>
#include <regtool/url.hpp>

#include "engine_lab.hpp"

#include <atomic>
#include <gtest/gtest.h>

namespace regtool {
namespace {

// Wall time leaps at every look at it: a year on, a year back.
class LeapingClock final : public Clock {
 public:
  explicit LeapingClock(const Clock& inner) : inner_(inner) {}

  std::chrono::steady_clock::time_point now() const noexcept override { return inner_.now(); }
  std::chrono::system_clock::time_point wall_time() const noexcept override {
    const auto year = std::chrono::hours(24 * 365);
    return inner_.wall_time() + (looks_++ % 2 == 0 ? year : -year);
  }
  bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) const noexcept override {
    return inner_.sleep(duration, stop);
  }

 private:
  const Clock& inner_;
  mutable std::atomic<unsigned> looks_ = 0;
};

class AnyToken final : public Authenticator {
 public:
  Result<Credential> answer(const Context& ctx, const Challenge& challenge, Transport& plain) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto realm, realm_of(challenge));
    return fetch_token(ctx, plain, {Method::get, with_query(realm, encode_query(token_query(challenge))), {}});
  }
};

TEST(ClockThatIsSet, neither_ends_a_token_nor_lets_a_transfer_time_out) {
  FakeClock time;
  FakeRegistryOptions options;
  options.auth.scheme = AuthScheme::token;
  options.auth.clock = &time;
  EngineLab lab(options);
  AnyToken authenticator;
  lab.access.authenticator = &authenticator;
  const LeapingClock clock(time);
  const Context ctx{{}, clock, lab.fake.console};
  const auto name = *Reference::parse("registry.test/ns/model");
  const auto manifest = lab.publish("ns/model", {some_bytes(9 << 20), some_bytes(100, 2)});
  const HttpReply busy{
      .status = 429,
      .headers = {{"Date", "Wed, 15 Nov 2023 00:00:00 GMT"}, {"Retry-After", "Wed, 15 Nov 2023 00:00:02 GMT"}}};
  lab.registry.plan().on({.target = "/blobs/"}, Times::only(4), busy);

  const auto pulled = pull(ctx, lab.toolkit(), lab.access, name, {});

  ASSERT_TRUE(pulled) << pulled.error().message;
  EXPECT_EQ(lab.stored("ns/model"), manifest);
  EXPECT_LT(time.now() - FakeClock().now(), std::chrono::seconds(60));
}

}  // namespace
}  // namespace regtool
