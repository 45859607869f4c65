#include "progress/progress_state.hpp"

#include <gtest/gtest.h>

namespace regtool::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TransferView transfer(TransferState state, std::uint64_t done, std::uint64_t total, std::uint64_t resumed = 0) {
  return {"model", "0123456789ab", state, done, total, resumed};
}

// Feeds a model with one transfer, ten samples a second.
class ProgressModelTest : public testing::Test {
 protected:
  const ProgressState& sample(std::vector<TransferView> views) {
    now_ += milliseconds(100);
    return model_.update(now_, "", std::move(views));
  }

  std::chrono::steady_clock::time_point now_{};
  ProgressModel model_;
};

TEST_F(ProgressModelTest, totals_are_right_from_the_first_sample) {
  const auto& state = sample({transfer(TransferState::finished, 100, 100), transfer(TransferState::present, 50, 50),
                              transfer(TransferState::waiting, 0, 850)});
  EXPECT_EQ(state.done, 150U);
  EXPECT_EQ(state.total, 1000U);
  EXPECT_EQ(state.complete, 2U);
  EXPECT_EQ(state.rows.size(), 3U);
}

TEST_F(ProgressModelTest, says_nothing_of_speed_and_time_left_at_first) {
  const auto& state = sample({transfer(TransferState::moving, 1000, 5000)});
  EXPECT_EQ(state.speed, std::nullopt);
  EXPECT_EQ(state.left, std::nullopt);
  EXPECT_EQ(state.rows[0].speed, std::nullopt);
}

TEST_F(ProgressModelTest, a_steady_speed_is_told_as_it_is) {
  sample({transfer(TransferState::moving, 0, 100'000)});
  for (std::uint64_t i = 1; i < 30; ++i) sample({transfer(TransferState::moving, i * 1000, 100'000)});
  const auto& state = sample({transfer(TransferState::moving, 30'000, 100'000)});
  EXPECT_NEAR(state.speed.value(), 10'000, 500);
  EXPECT_NEAR(static_cast<double>(state.left.value().count()), 7, 1);
  EXPECT_NEAR(state.rows[0].speed.value(), 10'000, 500);
  EXPECT_NEAR(state.rows[0].working.count(), 3.0, 0.11);
}

TEST_F(ProgressModelTest, neither_resumed_bytes_nor_those_that_were_there_count_as_speed) {
  sample({transfer(TransferState::waiting, 0, 100'000), transfer(TransferState::checking, 0, 100'000)});
  for (int i = 0; i < 20; ++i) {
    sample(
        {transfer(TransferState::moving, 90'000, 100'000, 90'000), transfer(TransferState::present, 100'000, 100'000)});
  }
  const auto& state = sample(
      {transfer(TransferState::moving, 90'000, 100'000, 90'000), transfer(TransferState::present, 100'000, 100'000)});
  EXPECT_DOUBLE_EQ(state.speed.value(), 0.0);
}

TEST_F(ProgressModelTest, a_stall_makes_the_time_left_unknown_in_the_end) {
  for (std::uint64_t i = 0; i < 30; ++i) sample({transfer(TransferState::moving, i * 1000, 100'000)});
  EXPECT_NE(sample({transfer(TransferState::moving, 29'000, 100'000)}).left, std::nullopt);
  for (int i = 0; i < 1200; ++i) sample({transfer(TransferState::moving, 29'000, 100'000)});
  EXPECT_EQ(sample({transfer(TransferState::moving, 29'000, 100'000)}).left, std::nullopt);
}

TEST_F(ProgressModelTest, a_stall_is_told_after_some_seconds_and_is_over_with_the_next_byte) {
  for (std::uint64_t i = 0; i <= 20; ++i) sample({transfer(TransferState::moving, i * 1000, 100'000)});
  for (int i = 0; i < 45; ++i) EXPECT_FALSE(sample({transfer(TransferState::moving, 20'000, 100'000)}).stalled);
  for (int i = 0; i < 10; ++i) sample({transfer(TransferState::moving, 20'000, 100'000)});
  const auto& state = sample({transfer(TransferState::moving, 20'000, 100'000)});
  EXPECT_TRUE(state.stalled);
  EXPECT_TRUE(state.rows[0].stalled);
  EXPECT_DOUBLE_EQ(state.speed.value(), 0.0);
  EXPECT_EQ(state.left, std::nullopt);

  sample({transfer(TransferState::moving, 21'000, 100'000)});
  EXPECT_FALSE(state.stalled);
  EXPECT_EQ(state.speed, std::nullopt) << "what was before says nothing";
  for (std::uint64_t i = 0; i < 20; ++i) sample({transfer(TransferState::moving, 22'000 + i * 1000, 100'000)});
  EXPECT_NEAR(state.speed.value(), 10'000, 500);
}

TEST_F(ProgressModelTest, to_hash_what_is_there_is_neither_a_stall_nor_slow) {
  for (int i = 0; i < 100; ++i) {
    const auto& state = sample(
        {transfer(TransferState::checking, 0, 100'000), transfer(TransferState::verifying, 100'000, 100'000, 100'000)});
    EXPECT_FALSE(state.stalled);
  }
  for (std::uint64_t i = 0; i <= 20; ++i) sample({transfer(TransferState::moving, i * 1000, 100'000)});
  EXPECT_NEAR(sample({transfer(TransferState::moving, 21'000, 100'000)}).speed.value(), 10'000, 500);
}

TEST_F(ProgressModelTest, the_time_left_counts_down_evenly_though_the_speed_varies) {
  std::uint64_t done = 0;
  std::optional<std::chrono::seconds> last;
  for (int i = 0; i < 300; ++i) {
    done += i % 4 == 0 ? 2500 : 500;  // 10 kB/s in all
    const auto left = sample({transfer(TransferState::moving, done, 600'000)}).left;
    if (last && left && i > 100) {
      EXPECT_LE(*left, *last) << i;
    }
    last = left;
  }
  EXPECT_NEAR(static_cast<double>(last.value().count()), 30, 3);
}

TEST_F(ProgressModelTest, labels_cannot_steer_the_terminal) {
  auto hostile = transfer(TransferState::moving, 0, 1);
  hostile.label = "\x1b[2Jmodel";
  EXPECT_EQ(sample({hostile}).rows[0].transfer.label.find('\x1b'), std::string::npos);
}

TEST(ProgressState, large_transfers_have_lines_of_their_own_among_many) {
  ProgressState state;
  state.rows.resize(16);
  for (auto& row : state.rows) row.transfer = transfer(TransferState::moving, 0, 1000);
  EXPECT_TRUE(has_own_line(state, state.rows[0]));
  state.rows.resize(17);
  state.rows[16].transfer = transfer(TransferState::moving, 0, 100 << 20);
  EXPECT_FALSE(has_own_line(state, state.rows[0]));
  EXPECT_TRUE(has_own_line(state, state.rows[16]));
}

}  // namespace
}  // namespace regtool::cli
