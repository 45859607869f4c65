#include "digest_of.hpp"
#include "engine_lab.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

constexpr std::size_t mib = 1024 * 1024;

// The registry's copy is the store's, byte for byte.
void expect_pushed(EngineLab& lab, const std::string& manifest, const std::vector<std::string>& layers) {
  const auto found = lab.registry.content().manifest("ns/model", "latest");
  ASSERT_TRUE(found) << lab.registry.log().text();
  EXPECT_EQ(found->bytes, manifest);
  for (const auto& bytes : layers) {
    const auto blob = lab.registry.content().blob("ns/model", digest_of(bytes).text());
    ASSERT_TRUE(blob);
    EXPECT_TRUE(*blob == bytes);
  }
}

TEST(Push, sends_every_blob_and_then_the_manifest_byte_for_byte) {
  EngineLab lab;
  const std::vector<std::string> layers{some_bytes(3 * mib), some_bytes(100, 2)};
  const auto manifest = lab.keep("ns/model", layers);

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  expect_pushed(lab, manifest, layers);
  EXPECT_EQ(lab.registry.log().all().back().method, "PUT");
  EXPECT_THAT(lab.registry.log().all().back().target, HasSubstr("/manifests/latest"));
}

TEST(Push, sends_no_blob_that_is_there) {
  EngineLab lab;
  const auto weights = some_bytes(3 * mib);
  lab.keep("ns/model", {weights, some_bytes(10, 2)});
  lab.registry.content().add_blob("ns/model", weights);

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->sent_blobs, 2u);
  EXPECT_LT(lab.registry.log().bytes_received("/blobs/"), mib);
}

TEST(Push, mounts_what_another_repository_of_the_registry_has) {
  EngineLab lab;
  const auto weights = some_bytes(3 * mib);
  lab.keep("other/model", {weights});
  lab.keep("ns/model", {weights});
  lab.registry.content().add_blob("other/model", weights);

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->mounted_blobs, 1u);
  EXPECT_LT(lab.registry.log().bytes_received("/blobs/"), mib);
}

struct Shape {
  const char* name;
  UploadOptions options;
};

class PushOfLargeBlob : public testing::TestWithParam<Shape> {};

TEST_P(PushOfLargeBlob, works_in_the_shape_that_the_registry_offers) {
  FakeRegistryOptions options;
  options.uploads = GetParam().options;
  options.cdn.origin = "https://cdn.test";
  EngineLab lab(options);
  const std::vector<std::string> layers{some_bytes(2'500'000), some_bytes(100, 2)};
  const auto manifest = lab.keep("ns/model", layers);

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message << "\n" << lab.registry.log().text();
  expect_pushed(lab, manifest, layers);
}

INSTANTIATE_TEST_SUITE_P(Shapes, PushOfLargeBlob,
                         testing::Values(Shape{"session", {}}, Shape{"relative", {.relative_locations = true}},
                                         Shape{"docker_location", {.docker_upload_location = true}},
                                         Shape{"redirected", {.offer = UploadOffer::redirected_parts}},
                                         Shape{"direct", {.offer = UploadOffer::direct}}),
                         [](const auto& shape) { return std::string(shape.param.name); });

TEST(Push, starts_a_blob_over_when_its_session_is_lost) {
  EngineLab lab;
  const std::vector<std::string> layers{some_bytes(1'200'000)};
  const auto manifest = lab.keep("ns/model", layers);
  lab.registry.plan().on({.method = "PATCH"}, Times::once(), cut_at(Moment::before_head()));

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message << "\n" << lab.registry.log().text();
  expect_pushed(lab, manifest, layers);
}

TEST(Push, does_not_send_a_blob_again_whose_confirmation_was_lost) {
  EngineLab lab;
  const std::vector<std::string> layers{some_bytes(100'000)};
  const auto manifest = lab.keep("ns/model", layers);
  lab.registry.plan().on({.method = "PUT", .target = "/blobs/uploads/"}, Times::once(),
                         [](const HttpRequest& request, const Handler& real) {
                           return real(request).with(cut_at(Moment::before_head()));
                         });

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message << "\n" << lab.registry.log().text();
  expect_pushed(lab, manifest, layers);
  EXPECT_EQ(lab.registry.log().count("PUT", "/blobs/uploads/"), 2u) << lab.registry.log().text();
}

TEST(Push, says_that_the_local_blob_is_damaged_when_the_registry_refuses_its_digest) {
  EngineLab lab;
  const auto weights = some_bytes(1000);
  lab.keep("ns/model", {weights});
  lab.store.disk().put(digest_of(weights), some_bytes(1000, 9));

  const auto report = lab.push("ns/model");

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::corrupt);
  EXPECT_THAT(report.error().message, HasSubstr("damaged"));
  EXPECT_FALSE(lab.registry.content().manifest("ns/model", "latest"));
}

TEST(Push, of_an_incomplete_model_sends_nothing) {
  EngineLab lab;
  const auto weights = some_bytes(1000);
  lab.keep("ns/model", {weights});
  ASSERT_TRUE(lab.store.remove(lab.fake.context(), digest_of(weights)));

  const auto report = lab.push("ns/model");

  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("missing from the store"));
  EXPECT_TRUE(lab.registry.log().all().empty());
}

TEST(Push, of_a_dry_run_sends_no_body) {
  EngineLab lab;
  lab.keep("ns/model", {some_bytes(1000)});

  const auto report = lab.push("ns/model", {.dry_run = true});

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->sent_blobs, 2u);
  EXPECT_EQ(lab.registry.log().count("POST"), 0u);
  EXPECT_EQ(lab.registry.log().count("PUT"), 0u);
}

}  // namespace
}  // namespace regtool
