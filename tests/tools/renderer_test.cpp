#include "progress/progress_renderer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class RendererTest : public testing::Test {
 protected:
  std::string written() { return std::exchange(written_, {}); }

  // One transfer in that state, after `elapsed` of the display's time.
  void update(ProgressRenderer& renderer, seconds elapsed, TransferState state, std::uint64_t done) {
    renderer.update(std::chrono::steady_clock::time_point(elapsed), one_transfer(state, done));
  }

  ProgressState one_transfer(TransferState state, std::uint64_t done) {
    ProgressState all;
    all.phase = "pulling";
    all.rows.push_back({{"model", "c1864a5eb193", state, done, 1000, 0}, {}, {}, working_, false});
    all.done = done;
    all.total = 1000;
    return all;
  }

  std::chrono::duration<double> working_ = seconds(3);
  std::string written_;
  Screen screen_{[this](std::string_view text) { written_ += text; }};
};

TEST_F(RendererTest, plain_tells_what_begins_and_what_ends) {
  const auto renderer = plain_renderer(screen_);
  update(*renderer, seconds(0), TransferState::waiting, 0);
  EXPECT_EQ(written(), "pulling\n");
  update(*renderer, seconds(0), TransferState::moving, 0);
  EXPECT_EQ(written(), "model c1864a5eb193: 1.00 KB\n");
  update(*renderer, seconds(1), TransferState::moving, 500);
  EXPECT_EQ(written(), "");
  update(*renderer, seconds(2), TransferState::finished, 1000);
  EXPECT_EQ(written(), "model c1864a5eb193: done in 3s\n");
  renderer->finish(one_transfer(TransferState::finished, 1000));
  EXPECT_EQ(written(), "");
}

TEST_F(RendererTest, plain_tells_once_of_what_takes_no_time) {
  const auto renderer = plain_renderer(screen_);
  working_ = milliseconds(100);
  update(*renderer, seconds(0), TransferState::moving, 0);
  EXPECT_EQ(written(), "pulling\n");
  renderer->finish(one_transfer(TransferState::finished, 1000));
  EXPECT_EQ(written(), "model c1864a5eb193: 1.00 KB\n");
}

TEST_F(RendererTest, plain_tells_the_total_every_few_seconds) {
  const auto renderer = plain_renderer(screen_);
  update(*renderer, seconds(0), TransferState::moving, 0);
  written();
  for (int i = 1; i < 5; ++i) update(*renderer, seconds(i), TransferState::moving, 100);
  EXPECT_EQ(written(), "");
  update(*renderer, seconds(5), TransferState::moving, 450);
  EXPECT_EQ(written(), "450 B of 1.00 KB, 45%\n");
}

TEST_F(RendererTest, plain_tells_the_speed_and_the_time_left_once_they_are_known_and_when_nothing_moves) {
  const auto renderer = plain_renderer(screen_);
  auto state = one_transfer(TransferState::moving, 450);
  const auto tell = [&](int second) {
    renderer->update(std::chrono::steady_clock::time_point(seconds(second)), state);
    return written();
  };
  tell(0);
  state.speed = 112e6;
  EXPECT_EQ(tell(5), "450 B of 1.00 KB, 45%, 112 MB/s\n");
  state.left = seconds(75);
  EXPECT_EQ(tell(10), "450 B of 1.00 KB, 45%, 112 MB/s, 1m15s left\n");
  state.stalled = true;
  EXPECT_EQ(tell(15), "450 B of 1.00 KB, 45%, stalled\n");
}

TEST_F(RendererTest, plain_tells_what_was_there) {
  const auto renderer = plain_renderer(screen_);
  renderer->finish(one_transfer(TransferState::present, 1000));
  EXPECT_EQ(written(), "pulling\nmodel c1864a5eb193: 1.00 KB, was there\n");
}

TEST_F(RendererTest, json_is_one_object_a_line) {
  const auto renderer = json_renderer(screen_);
  update(*renderer, seconds(0), TransferState::moving, 250);
  EXPECT_EQ(written(),
            "{\"event\":\"phase\",\"phase\":\"pulling\"}\n"
            "{\"event\":\"blob\",\"label\":\"model\",\"digest\":\"c1864a5eb193\",\"state\":\"moving\",\"done\":250,"
            "\"total\":1000,\"resumed\":0}\n"
            "{\"event\":\"progress\",\"done\":250,\"total\":1000,\"blobs_done\":0,\"blobs\":1,"
            "\"bytes_per_second\":null,\"seconds_left\":null}\n");
  update(*renderer, seconds(0), TransferState::moving, 500);
  EXPECT_EQ(written(), "");
  renderer->finish(one_transfer(TransferState::finished, 1000));
  EXPECT_THAT(written(), HasSubstr("\"event\":\"progress\",\"done\":1000,"));
}

TEST_F(RendererTest, bar_scrolls_up_what_is_finished_and_leaves_nothing_live) {
  const auto renderer = bar_renderer(screen_, [] { return BarStyle{{80, 24}, false}; });
  update(*renderer, seconds(0), TransferState::moving, 250);
  EXPECT_THAT(written(), HasSubstr("model    c1864a5eb193  25% "));
  renderer->finish(one_transfer(TransferState::finished, 1000));
  const auto last = written();
  EXPECT_THAT(last, testing::StartsWith("\r\x1b[1A\x1b[J"));
  EXPECT_THAT(last, testing::EndsWith("model    c1864a5eb193 1.00 KB in 3s, 333 B/s\n"));
}

TEST_F(RendererTest, bar_shows_nothing_of_what_ended_at_once) {
  const auto renderer = bar_renderer(screen_, [] { return BarStyle{{80, 24}, false}; });
  renderer->finish(one_transfer(TransferState::finished, 1000));
  EXPECT_EQ(written(), "");
}

TEST_F(RendererTest, bar_draws_nothing_without_a_terminal_to_draw_on) {
  const auto renderer = bar_renderer(screen_, [] { return std::nullopt; });
  update(*renderer, seconds(0), TransferState::moving, 250);
  EXPECT_EQ(written(), "");
}

}  // namespace
}  // namespace regtool::cli
