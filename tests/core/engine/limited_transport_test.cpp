#include "engine/limited_transport.hpp"

#include "engine/local_time.hpp"
#include "fake_context.hpp"
#include "memory_transport.hpp"

#include <gtest/gtest.h>
#include <numeric>

namespace regtool {
namespace {

std::chrono::milliseconds slept(const FakeClock& clock) {
  const auto sleeps = clock.sleeps();
  return std::accumulate(sleeps.begin(), sleeps.end(), std::chrono::milliseconds(0));
}

TEST(TokenBucket, lets_no_more_through_than_its_rate) {
  FakeContext fake;
  TokenBucket bucket({1000}, fake.clock);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(bucket.take(fake.context(), 100));
  // 10,000 bytes, of which the last 100 and a burst need not be waited for.
  EXPECT_GE(slept(fake.clock), std::chrono::milliseconds(9700));
  EXPECT_LE(slept(fake.clock), std::chrono::milliseconds(10100));
}

TEST(TokenBucket, does_not_save_up_what_was_not_used) {
  FakeContext fake;
  TokenBucket bucket({1000}, fake.clock);
  fake.clock.advance(std::chrono::hours(1));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(bucket.take(fake.context(), 100));
  EXPECT_GE(slept(fake.clock), std::chrono::milliseconds(700));
}

TEST(TokenBucket, stops_waiting_when_it_is_told_to) {
  FakeContext fake;
  TokenBucket bucket({1}, fake.clock);
  ASSERT_TRUE(bucket.take(fake.context(), 1000));
  fake.stop();
  EXPECT_EQ(bucket.take(fake.context(), 1).error().code, Errc::cancelled);
}

TEST(TokenBucket, follows_the_clock_on_the_wall) {
  FakeContext fake;
  const auto now = local_time_of_day(fake.clock.wall_time());
  const auto in = [&](int minutes) { return (now + std::chrono::minutes(minutes)) % std::chrono::hours(24); };
  TokenBucket bucket({1000, {{in(1), in(2), 10}, {in(2), in(3), 0}}}, fake.clock);
  EXPECT_EQ(bucket.portion(), 1024U);
  ASSERT_TRUE(bucket.take(fake.context(), 1000));
  ASSERT_TRUE(bucket.take(fake.context(), 0));
  EXPECT_EQ(slept(fake.clock), std::chrono::milliseconds(1000));

  fake.clock.advance(std::chrono::minutes(1));
  ASSERT_TRUE(bucket.take(fake.context(), 100));
  ASSERT_TRUE(bucket.take(fake.context(), 0));
  EXPECT_EQ(slept(fake.clock), std::chrono::milliseconds(1000 + 9900));

  fake.clock.advance(std::chrono::minutes(1));
  ASSERT_TRUE(bucket.take(fake.context(), 1'000'000));
  ASSERT_TRUE(bucket.take(fake.context(), 0));
  EXPECT_EQ(slept(fake.clock), std::chrono::milliseconds(1000 + 9900));
}

TEST(LimitedTransport, slows_bodies_down_in_both_directions) {
  FakeContext fake;
  const auto ctx = fake.context();
  MemoryTransport inner;
  inner.serve("https://a.test", [](const HttpRequest& request) { return HttpReply{.body = request.body()}; });
  TokenBucket bucket({10'000}, fake.clock);
  LimitedTransport transport(inner, bucket);
  const auto body = memory_source(std::string(50'000, 'x'));
  Request request{Method::put, "https://a.test/", {}};
  request.body = body.get();

  const auto response = transport.send(ctx, request);

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_GE(slept(fake.clock), std::chrono::milliseconds(4700));
  EXPECT_EQ(read_all(**response, 100'000)->size(), 50'000u);
  EXPECT_GE(slept(fake.clock), std::chrono::milliseconds(9500));
}

}  // namespace
}  // namespace regtool
