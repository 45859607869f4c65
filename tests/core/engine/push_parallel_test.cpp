// How much of a push goes on at once, and what need not be asked.

#include "digest_of.hpp"
#include "engine_lab.hpp"

#include <condition_variable>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>

namespace regtool {
namespace {

// Requests of one kind: each waits until a number of them is under way at once.
class AtOnce {
 public:
  // The first `passing` go by, among them one that shows how far away the registry is.
  AtOnce(EngineLab& lab, RequestMatch match, unsigned passing, unsigned wanted,
         const std::optional<HttpReply>& refusal = {})
      : passing_(passing), wanted_(wanted) {
    // A refusal is for the first try of each.
    lab.registry.plan().on(std::move(match), refusal ? Times::first_attempts(1) : Times::always(),
                           [this, &lab, refusal](const HttpRequest& request, const Handler& real) {
                             lab.fake.clock.advance(std::chrono::milliseconds(80));
                             auto reply = refusal ? *refusal : real(request);
                             come_and_go();
                             return reply;
                           });
  }

  unsigned most() const { return most_; }

 private:
  void come_and_go() {
    std::unique_lock lock(mutex_);
    if (++came_ <= passing_) return;
    most_ = std::max(most_, ++here_);
    changed_.notify_all();
    // The limit is only for a test that fails.
    changed_.wait_for(lock, std::chrono::seconds(20), [&] { return most_ >= wanted_; });
    --here_;
  }

  const unsigned passing_, wanted_;
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned came_ = 0, here_ = 0, most_ = 0;
};

std::vector<std::string> small_layers(unsigned count) {
  std::vector<std::string> layers;
  for (unsigned i = 0; i < count; ++i) layers.push_back(some_bytes(100, i + 1));
  return layers;
}

class PushAtOnce : public testing::TestWithParam<unsigned> {};

TEST_P(PushAtOnce, asks_for_as_many_blobs_as_the_settings_allow) {
  EngineLab lab;
  lab.keep("ns/model", small_layers(2 * GetParam() + 20));
  lab.settings.checks = GetParam();
  const AtOnce heads(lab, {.method = "HEAD"}, GetParam() + 1, GetParam());  // all of the sample, and one

  const auto report = lab.push("ns/model", {.dry_run = true});

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(heads.most(), GetParam());
}

TEST_P(PushAtOnce, sends_as_many_blobs_as_the_settings_allow) {
  EngineLab lab;
  lab.keep("ns/model", small_layers(2 * GetParam() + 20));
  lab.settings.uploads = GetParam();
  const AtOnce puts(lab, {.method = "PUT", .target = "/blobs/"}, 1, GetParam());

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(puts.most(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Settings, PushAtOnce, testing::Values(3, 32, 128));

TEST(Push, asks_only_for_a_sample_of_many_small_blobs_where_the_registry_has_none_of_it) {
  EngineLab lab;
  lab.settings.checks = 10;
  const auto layers = small_layers(50);
  const auto manifest = lab.keep("ns/model", layers);

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  lab.expect_pushed(manifest, layers);
  EXPECT_EQ(lab.registry.log().count("HEAD"), 10U);
}

TEST(Push, asks_for_every_blob_where_the_registry_has_one_of_the_sample) {
  EngineLab lab;
  lab.settings.checks = 10;
  const auto layers = small_layers(50);
  lab.keep("ns/model", layers);
  for (unsigned i = 0; i < 25; ++i) lab.registry.content().add_blob("ns/model", layers[i]);

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->sent_blobs, 26U);
  EXPECT_EQ(lab.registry.log().count("HEAD"), 51U);
}

TEST(Push, sends_no_blob_that_is_there_though_it_was_not_asked_for) {
  EngineLab lab;
  lab.settings.checks = 10;
  const auto layers = small_layers(50);
  lab.keep("ns/model", layers);
  lab.registry.content().add_blob("ns/model", layers[5]);

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(lab.registry.log().count("HEAD"), 10U) << "the sample has it: choose another one";
  EXPECT_EQ(report->sent_blobs, 50U);
  EXPECT_EQ(report->mounted_blobs, 0U);
  EXPECT_EQ(lab.registry.log().count("PUT", "/blobs/"), 50U);
}

TEST(Push, keeps_eight_redirected_parts_on_their_way) {
  FakeRegistryOptions options;
  options.uploads.offer = UploadOffer::redirected_parts;
  options.cdn.origin = "https://cdn.test";
  EngineLab lab(options);
  const std::vector<std::string> layers{some_bytes(20'000'000)};
  const auto manifest = lab.keep("ns/model", layers);
  // The first goes by: as many others are under way together though one has ended before.
  const AtOnce parts(lab, {.method = "PUT", .origin = "https://cdn.test"}, 1, 8);

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message << "\n" << lab.registry.log().text();
  lab.expect_pushed(manifest, layers);
  EXPECT_EQ(parts.most(), 8U);
}

TEST(Push, counts_parts_that_fail_together_as_one_failure) {
  FakeRegistryOptions options;
  options.uploads.offer = UploadOffer::redirected_parts;
  options.cdn.origin = "https://cdn.test";
  EngineLab lab(options);
  lab.settings.tries = 2;
  const std::vector<std::string> layers{some_bytes(8'000'000)};
  const auto manifest = lab.keep("ns/model", layers);
  const AtOnce parts(lab, {.method = "PUT", .origin = "https://cdn.test"}, 0, 8, HttpReply{.status = 503});

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message << "\n" << lab.registry.log().text();
  lab.expect_pushed(manifest, layers);
}

}  // namespace
}  // namespace regtool
