#include "engine/parallel.hpp"

#include "fake_context.hpp"

#include <atomic>
#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>

namespace regtool {
namespace {

using namespace std::chrono_literals;

TEST(WorkersWorthHaving, are_few_for_a_peer_nearby_and_many_for_one_far_away) {
  struct Row {
    std::chrono::nanoseconds fastest;
    unsigned most, workers;
  };
  const std::initializer_list<Row> rows{
      {0ns, 128, 16},   {50us, 128, 16},   {8ms, 128, 16}, {10ms, 128, 20}, {40ms, 128, 80},
      {80ms, 128, 128}, {10min, 128, 128}, {0ns, 4, 4},    {80ms, 4, 4},    {0ns, 1, 1},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(workers_worth_having(row.fastest, row.most), row.workers) << row.fastest.count() << ' ' << row.most;
  }
}

// Work that waits until a number of it is under way at once.
class Gathering {
 public:
  explicit Gathering(unsigned wanted) : wanted_(wanted) {}

  void come_and_go() {
    std::unique_lock lock(mutex_);
    most_ = std::max(most_, ++here_);
    changed_.notify_all();
    // The limit is only for a test that fails.
    changed_.wait_for(lock, 20s, [&] { return most_ >= wanted_; });
    --here_;
  }

  unsigned most() const { return most_; }

 private:
  const unsigned wanted_;
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned here_ = 0, most_ = 0;
};

TEST(ParallelFor, calls_the_work_once_for_each_index) {
  FakeContext fake;
  std::vector<std::atomic<int>> calls(500);
  const auto done = parallel_for(fake.context(), calls.size(), 128, [&](const Context&, std::size_t i) {
    ++calls[i];
    return Result<>();
  });
  EXPECT_TRUE(done);
  for (const auto& count : calls) EXPECT_EQ(count, 1);
}

TEST(ParallelFor, stays_with_few_workers_where_the_work_takes_no_time) {
  FakeContext fake;
  Gathering gathering(16);
  const auto done = parallel_for(fake.context(), 500, 128, [&](const Context&, std::size_t) {
    gathering.come_and_go();
    return Result<>();
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(gathering.most(), 16U);
}

TEST(ParallelFor, has_all_workers_once_the_first_of_the_slow_work_is_done) {
  FakeContext fake;
  Gathering gathering(128);
  std::atomic<int> calls = 0;
  const auto done = parallel_for(fake.context(), 500, 128, [&](const Context& ctx, std::size_t) {
    ctx.clock.sleep(80ms, ctx.stop);
    if (++calls > 1) gathering.come_and_go();
    return Result<>();
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(gathering.most(), 128U);
}

TEST(ParallelFor, gives_back_the_first_failure_and_begins_nothing_after_it) {
  FakeContext fake;
  std::atomic<int> calls = 0;
  const auto done = parallel_for(fake.context(), 500, 1, [&](const Context&, std::size_t i) -> Result<> {
    ++calls;
    if (i == 3) return fail(Errc::forbidden, "no");
    return {};
  });
  EXPECT_EQ(done.error().code, Errc::forbidden);
  EXPECT_EQ(calls, 4);
}

TEST(ParallelFor, is_cancelled_with_its_context) {
  FakeContext fake;
  const auto done = parallel_for(fake.context(), 500, 4, [&](const Context& ctx, std::size_t) {
    fake.stop();
    EXPECT_TRUE(ctx.stop.stop_requested());
    return Result<>();
  });
  EXPECT_EQ(done.error().code, Errc::cancelled);
}

}  // namespace
}  // namespace regtool
