#include "progress/bar_layout.hpp"

#include "terminal/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

ProgressRow row(std::string label, TransferState state, std::uint64_t done, std::uint64_t total) {
  return {{std::move(label), "c1864a5eb193", state, done, total, 0}, 112e6, std::chrono::seconds(8), {}, false};
}

ProgressState state_of(std::vector<ProgressRow> rows) {
  ProgressState state;
  state.rows = std::move(rows);
  for (const auto& each : state.rows) {
    state.done += each.transfer.done;
    state.total += each.transfer.total;
    state.complete += is_complete(each.transfer.state) ? 1 : 0;
  }
  state.speed = 112e6;
  state.left = std::chrono::seconds(8);
  return state;
}

BarStyle ascii(std::size_t columns, std::size_t rows = 24) { return {{columns, rows}, false}; }

TEST(Bar, is_filled_in_proportion) {
  EXPECT_EQ(bar(0, 100, 10, false), "[--------]");
  EXPECT_EQ(bar(50, 100, 10, false), "[####----]");
  EXPECT_EQ(bar(99, 100, 10, false), "[#######-]");
  EXPECT_EQ(bar(100, 100, 10, false), "[########]");
  EXPECT_EQ(bar(0, 0, 10, false), "[########]");
  EXPECT_EQ(bar(0, 100, 4, true), "    ");
  EXPECT_EQ(bar(40, 100, 4, true), "█▌  ");
  EXPECT_EQ(bar(100, 100, 4, true), "████");
  EXPECT_EQ(bar(1, 2, 1, false), " ");
}

TEST(Percent, is_100_only_when_all_is_there) {
  EXPECT_EQ(percent(0, 1000), "0%");
  EXPECT_EQ(percent(459, 1000), "45%");
  EXPECT_EQ(percent(9'999'999, 10'000'000), "99%");
  EXPECT_EQ(percent(1000, 1000), "100%");
  EXPECT_EQ(percent(0, 0), "100%");
}

TEST(LiveLines, show_what_goes_on_while_there_are_no_transfers) {
  ProgressState state;
  EXPECT_THAT(live_lines(state, ascii(80)), SizeIs(0));
  state.phase = "pulling manifest";
  EXPECT_THAT(live_lines(state, ascii(80)), ElementsAre("pulling manifest"));
  EXPECT_THAT(live_lines(state, ascii(9)), ElementsAre("pulling…"));
}

TEST(LiveLines, have_one_for_each_transfer_on_its_way_and_a_total) {
  const auto state =
      state_of({row("model", TransferState::moving, 756'000'000, 1'680'000'000),
                row("template", TransferState::finished, 100, 100), row("system", TransferState::waiting, 0, 50),
                row("license", TransferState::verifying, 8'000, 8'000)});
  EXPECT_THAT(live_lines(state, ascii(80)),
              ElementsAre("model    c1864a5eb193  45% [#######---------]  756 MB/1.68 GB   112 MB/s     8s",
                          "license  c1864a5eb193 100% [################] 8.00 KB/8.00 KB  verifying       ",
                          "total    1/4           45% [#######---------]  756 MB/1.68 GB   112 MB/s     8s"));
}

TEST(LiveLines, say_that_nothing_moves) {
  auto state = state_of({row("model", TransferState::moving, 756'000'000, 1'680'000'000)});
  state.rows[0].stalled = state.stalled = true;
  state.rows[0].left = state.left = std::nullopt;
  EXPECT_THAT(live_lines(state, ascii(80)),
              ElementsAre("model    c1864a5eb193  45% [#######---------]  756 MB/1.68 GB    stalled      -",
                          "total    0/1           45% [#######---------]  756 MB/1.68 GB    stalled      -"));
}

TEST(LiveLines, tell_many_small_transfers_as_one) {
  std::vector<ProgressRow> rows(2000, row("tensor", TransferState::moving, 500, 1000));
  rows[0] = row("embedding", TransferState::moving, 1 << 20, 100 << 20);
  rows[1] = row("tensor", TransferState::finished, 1000, 1000);
  const auto lines = live_lines(state_of(std::move(rows)), ascii(80));
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines[0], testing::StartsWith("embedding"));
  EXPECT_THAT(lines[1], testing::StartsWith("others"));
  EXPECT_THAT(lines[1], HasSubstr(" 1/1999 "));
  EXPECT_THAT(lines[1], HasSubstr("1.00 MB/2.00 MB"));
  EXPECT_THAT(lines[2], testing::StartsWith("total"));
}

TEST(LiveLines, are_no_more_than_the_terminal_has_room_for) {
  const auto state = state_of(std::vector<ProgressRow>(16, row("model", TransferState::moving, 1, 2)));
  EXPECT_THAT(live_lines(state, ascii(80, 24)), SizeIs(9));
  EXPECT_THAT(live_lines(state, ascii(80, 8)), SizeIs(5));
  EXPECT_THAT(live_lines(state, ascii(80, 2)), SizeIs(1));
}

TEST(LiveLines, are_never_wider_than_the_terminal) {
  const auto state =
      state_of({row("model.layers.12.self_attn.q_proj.weight", TransferState::moving, 999'000'000, 999'999'999),
                row("größe", TransferState::checking, 1, 1'000'000)});
  for (std::size_t width = 1; width < 200; ++width) {
    for (const auto& line : live_lines(state, {{width, 24}, true})) EXPECT_LE(columns(line), width) << line;
  }
}

TEST(LiveLines, give_up_what_is_missed_least_when_there_is_little_room) {
  const auto state = state_of({row("model", TransferState::moving, 756'000'000, 1'680'000'000)});
  EXPECT_EQ(live_lines(state, ascii(60))[0], "model     45% [####-----]  756 MB/1.68 GB   112 MB/s     8s");
  EXPECT_EQ(live_lines(state, ascii(50))[0], "model     45%  756 MB/1.68 GB   112 MB/s     8s");
  EXPECT_EQ(live_lines(state, ascii(30))[0], "model     45%  756 MB/1.68 GB");
}

TEST(FinalLine, says_how_a_transfer_went) {
  auto fetched = row("model", TransferState::finished, 1'680'000'000, 1'680'000'000);
  fetched.working = std::chrono::seconds(15);
  const auto present = row("license", TransferState::present, 8'000, 8'000);
  const auto state = state_of({fetched, present});
  EXPECT_EQ(final_line(state, fetched, ascii(80)), "model    c1864a5eb193 1.68 GB in 15s, 112 MB/s");
  EXPECT_EQ(final_line(state, present, ascii(80)), "license  c1864a5eb193 8.00 KB, was there");
}

}  // namespace
}  // namespace regtool::cli
