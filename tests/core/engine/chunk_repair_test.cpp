#include "digest_of.hpp"
#include "engine_lab.hpp"
#include "registry_replies.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr std::uint64_t mib = 1024 * 1024;
constexpr std::uint64_t chunk = 2 * mib;
constexpr std::uint64_t size = 24 * mib;

// The manifest and the config.
constexpr std::uint64_t small_change = 4096;

std::string damaged_at(std::string bytes, std::uint64_t position) {
  bytes[position] ^= 1;
  return bytes;
}

// What a registry that held `bytes` would say of them.
std::string sums_of(std::string_view bytes) {
  std::string text;
  for (std::uint64_t at = 0; at < bytes.size(); at += chunk) {
    text += fmt::format("{} {}-{}\n", digest_of(bytes.substr(at, chunk)).text(), at, at + chunk - 1);
  }
  return text;
}

class RepairByChunks : public testing::Test {
 protected:
  void start(std::uint64_t chunksums_of) {
    plan_.clear();
    FakeRegistryOptions options;
    options.chunksums_of = chunksums_of;
    lab_.emplace(options);
    lab_->publish("ns/model", {weights_});
  }

  // The first `times` answers that bring the byte at `position` bring another one.
  void damage(std::uint64_t position, unsigned times = 1) {
    const auto left = std::make_shared<std::atomic<unsigned>>(times);
    plan_.push_back([=](HttpReply& reply, Range range) {
      if (position < range.first || position >= range.end() || *left == 0) return;
      --*left;
      reply.body = ReplyBody(damaged_at(std::string(reply.body.view()), position - range.first));
    });
    lab_->registry.plan().on({.method = "GET", .target = "/blobs/" + digest_of(weights_).text()}, Times::always(),
                             [this](const HttpRequest& request, const Handler& real) {
                               auto reply = real(request);
                               const auto asked = request.header("Range");
                               const auto range = asked.empty() ? Range{0, size} : *parse_inclusive(asked.substr(6));
                               for (const auto& change : plan_) change(reply, range);
                               return reply;
                             });
  }

  void chunksums_are(HttpReply reply) {
    lab_->registry.plan().on({.target = "/chunksums/"}, Times::always(), std::move(reply));
  }

  // Pulls, and expects the right bytes for so many moved.
  void expect_right_bytes_for(std::uint64_t moved) {
    const auto report = lab_->pull("ns/model");
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(lab_->has(weights_));
    EXPECT_GE(report->fetched_bytes, moved);
    EXPECT_LE(report->fetched_bytes, moved + small_change);
  }

  std::size_t times_asked() { return lab_->registry.log().count("GET", "/chunksums/"); }

  const std::string weights_ = some_bytes(size);
  std::optional<EngineLab> lab_;

 private:
  std::vector<std::function<void(HttpReply&, Range)>> plan_;
};

TEST_F(RepairByChunks, asks_for_nothing_while_all_is_well) {
  start(chunk);

  expect_right_bytes_for(size);

  EXPECT_EQ(times_asked(), 0u);
}

TEST_F(RepairByChunks, moves_one_chunk_again_where_one_is_damaged) {
  start(chunk);
  damage(9 * mib);

  expect_right_bytes_for(size + chunk);

  EXPECT_EQ(times_asked(), 1u);
  EXPECT_THAT(lab_->fake.console.warnings(), Contains(HasSubstr("fetching the damaged chunks again")));
}

TEST_F(RepairByChunks, goes_on_as_long_as_fewer_chunks_are_damaged_each_time) {
  start(chunk);
  damage(0);
  damage(9 * mib, 2);

  expect_right_bytes_for(size + 3 * chunk);

  EXPECT_EQ(times_asked(), 1u);
}

TEST_F(RepairByChunks, moves_all_again_where_a_chunk_does_not_get_better) {
  start(chunk);
  damage(9 * mib, 2);

  expect_right_bytes_for(2 * size + chunk);
}

TEST_F(RepairByChunks, moves_all_again_where_the_chunksums_find_no_fault) {
  start(0);
  damage(9 * mib);
  chunksums_are({.body = sums_of(damaged_at(weights_, 9 * mib))});

  expect_right_bytes_for(2 * size);
}

TEST_F(RepairByChunks, moves_all_again_where_the_chunksums_find_fault_with_everything) {
  start(0);
  damage(9 * mib);
  chunksums_are({.body = sums_of(some_bytes(size, 7))});

  expect_right_bytes_for(2 * size);
}

TEST_F(RepairByChunks, moves_all_again_where_the_chunksums_blame_another_chunk) {
  start(0);
  damage(9 * mib);
  chunksums_are({.body = sums_of(damaged_at(damaged_at(weights_, 9 * mib), 0))});

  expect_right_bytes_for(2 * size + chunk);
}

TEST_F(RepairByChunks, asks_once_and_moves_all_again_where_chunksums_are_not_offered) {
  start(0);
  damage(9 * mib, 2);

  expect_right_bytes_for(3 * size);

  EXPECT_EQ(times_asked(), 1u);
}

TEST_F(RepairByChunks, moves_all_again_where_the_chunksums_cannot_be_used) {
  const HttpReply answers[] = {
      {.status = 500},
      {.body = "<html>"},
      {.body = sums_of(std::string_view(weights_).substr(0, 4 * chunk))},
      HttpReply{}.with(stall_at(Moment::before_head())),
      HttpReply{.body = sums_of(weights_)}.with(cut_at(Moment::in_body(90))),
  };
  for (const auto& answer : answers) {
    start(0);
    damage(9 * mib);
    chunksums_are(answer);

    expect_right_bytes_for(2 * size);
  }
}

}  // namespace
}  // namespace regtool
