#include "digest_of.hpp"
#include "engine_lab.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

constexpr std::size_t mib = 1024 * 1024;

TEST(Push, sends_every_blob_and_then_the_manifest_byte_for_byte) {
  EngineLab lab;
  const std::vector<std::string> layers{some_bytes(3 * mib), some_bytes(100, 2)};
  const auto manifest = lab.keep("ns/model", layers);

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  lab.expect_pushed(manifest, layers);
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
  lab.expect_pushed(manifest, layers);
}

INSTANTIATE_TEST_SUITE_P(Shapes, PushOfLargeBlob,
                         testing::Values(Shape{"session", {}}, Shape{"relative", {.relative_locations = true}},
                                         Shape{"docker_location", {.docker_upload_location = true}},
                                         Shape{"redirected", {.offer = UploadOffer::redirected_parts}},
                                         Shape{"direct", {.offer = UploadOffer::direct}}),
                         [](const auto& shape) { return std::string(shape.param.name); });

struct PlainAddress {
  const char* name;
  RequestMatch match;
  HttpReply reply;
};

class PushToPlainHttp : public testing::TestWithParam<PlainAddress> {};

TEST_P(PushToPlainHttp, is_refused_when_the_registry_speaks_https) {
  EngineLab lab;
  lab.transport.serve("http://cdn.test", lab.registry.handler());
  lab.keep("ns/model", {some_bytes(2'500'000)});
  lab.registry.plan().on(GetParam().match, Times::always(), GetParam().reply);

  const auto report = lab.push("ns/model");

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::protocol);
  EXPECT_THAT(report.error().message, HasSubstr("http://cdn.test"));
  for (const auto& request : lab.registry.log().all()) EXPECT_NE(request.origin, "http://cdn.test");
}

INSTANTIATE_TEST_SUITE_P(
    Addresses, PushToPlainHttp,
    testing::Values(
        PlainAddress{"session", {.method = "POST"}, {.status = 202, .headers = {{"Location", "http://cdn.test/s"}}}},
        PlainAddress{"direct",
                     {.method = "POST"},
                     {.status = 202,
                      .headers = {{"Location", "/s"}, {"X-Direct-Upload-URL", "http://cdn.test/cdn/uploads/1/0"}}}},
        PlainAddress{"part",
                     {.method = "PATCH"},
                     {.status = 307, .headers = {{"Location", "http://cdn.test/cdn/uploads/1/0"}}}}),
    [](const auto& address) { return std::string(address.param.name); });

TEST(Push, starts_a_blob_over_when_its_session_is_lost) {
  EngineLab lab;
  const std::vector<std::string> layers{some_bytes(1'200'000)};
  const auto manifest = lab.keep("ns/model", layers);
  lab.registry.plan().on({.method = "PATCH"}, Times::once(), cut_at(Moment::before_head()));

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message << "\n" << lab.registry.log().text();
  lab.expect_pushed(manifest, layers);
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
  lab.expect_pushed(manifest, layers);
  EXPECT_EQ(lab.registry.log().count("PUT", "/blobs/uploads/"), 2u) << lab.registry.log().text();
}

TEST(Push, starts_a_blob_over_when_the_registry_has_forgotten_its_session) {
  EngineLab lab;
  const std::vector<std::string> layers{some_bytes(1'200'000)};
  const auto manifest = lab.keep("ns/model", layers);
  lab.registry.plan().on({.method = "PATCH"}, Times::once(), HttpReply{.status = 404});

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message << "\n" << lab.registry.log().text();
  lab.expect_pushed(manifest, layers);
}

TEST(Push, notices_that_a_blob_is_complete_though_the_answer_was_lost) {
  EngineLab lab;
  const std::vector<std::string> layers{some_bytes(1'200'000)};
  const auto manifest = lab.keep("ns/model", layers);
  lab.registry.plan().on({.method = "PUT", .target = std::string(digest_of(layers[0]).hex())}, Times::once(),
                         cut_at(Moment::before_head()));

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message << "\n" << lab.registry.log().text();
  lab.expect_pushed(manifest, layers);
  EXPECT_EQ(lab.registry.log().count("PATCH"), 2u);
}

TEST(Push, goes_on_in_the_same_session_after_a_part_that_took_long_was_cut) {
  EngineLab lab;
  const std::vector<std::string> layers{some_bytes(1'200'000)};
  const auto manifest = lab.keep("ns/model", layers);
  lab.registry.plan().on({.method = "PATCH", .range = "1000000-1199999"}, Times::once(),
                         [&](const HttpRequest& request, const Handler&) {
                           request.body();
                           lab.fake.clock.advance(lab.settings.patience * 2);
                           return HttpReply{}.with(cut_at(Moment::before_head()));
                         });

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message << "\n" << lab.registry.log().text();
  lab.expect_pushed(manifest, layers);
  EXPECT_EQ(lab.registry.log().count("PATCH"), 3u) << lab.registry.log().text();
}

TEST(Push, gives_up_on_a_registry_that_forgets_what_it_took) {
  EngineLab lab;
  lab.keep("ns/model", {some_bytes(2'500'000)});
  const auto forget = [](int status) {
    return HttpReply{.status = status, .headers = {{"Location", "/v2/ns/model/blobs/uploads/1"}, {"Range", "0-0"}}};
  };
  lab.registry.plan().on({.method = "PATCH", .range = "0-999999"}, Times::always(), forget(202));
  lab.registry.plan().on({.method = "PATCH"}, Times::always(), forget(416));
  lab.registry.plan().on({.method = "GET", .target = "/uploads/"}, Times::always(), forget(204));

  const auto report = lab.push("ns/model");

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::unavailable);
}

TEST(Push, sends_a_part_once_that_the_registry_refuses) {
  EngineLab lab;
  lab.keep("ns/model", {some_bytes(2'500'000)});
  lab.registry.plan().on({.method = "PATCH"}, Times::always(), HttpReply{.status = 413});

  const auto report = lab.push("ns/model");

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::protocol);
  EXPECT_THAT(report.error().message, HasSubstr("too large"));
  EXPECT_EQ(lab.registry.log().count("PATCH"), 1u);
}

TEST(Push, sends_every_redirected_part_whatever_the_session_says_to_have) {
  FakeRegistryOptions options;
  options.uploads.offer = UploadOffer::redirected_parts;
  options.cdn.origin = "https://cdn.test";
  EngineLab lab(options);
  const std::vector<std::string> layers{some_bytes(1'200'000)};
  const auto manifest = lab.keep("ns/model", layers);
  lab.registry.plan().on({.method = "PATCH", .range = "1000000-1199999"}, Times::once(), HttpReply{.status = 503});
  lab.registry.plan().on({.method = "GET", .target = "/uploads/"}, Times::always(),
                         HttpReply{.status = 204, .headers = {{"Range", "0-1199999"}}});

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message << "\n" << lab.registry.log().text();
  lab.expect_pushed(manifest, layers);
  EXPECT_EQ(lab.registry.log().count("POST"), 2u) << "each blob is sent in one session";
}

TEST(Push, tells_no_registry_from_which_other_one_a_layer_came) {
  EngineLab lab;
  auto manifest = lab.keep("ns/model", {some_bytes(1000)});
  constexpr std::string_view type = "application/vnd.ollama.image.model\"";
  manifest.insert(manifest.find(type) + type.size(), R"(,"from":"other.test/secret/plan")");
  ASSERT_TRUE(lab.refs.link(lab.fake.context(), *Reference::parse("registry.test/ns/model"), manifest));

  const auto report = lab.push("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  for (const auto& request : lab.registry.log().all()) EXPECT_THAT(request.target, testing::Not(HasSubstr("secret")));
}

TEST(Push, does_not_take_a_refusal_after_a_redirect_within_the_registry_for_a_blob) {
  EngineLab lab;
  lab.keep("ns/model", {some_bytes(1000)});
  lab.registry.plan().on({.method = "HEAD", .target = "/v2/ns/"}, Times::always(),
                         HttpReply{.status = 302, .headers = {{"Location", "/login"}}});
  lab.registry.plan().on({.method = "HEAD", .target = "/login"}, Times::always(), HttpReply{.status = 403});

  const auto report = lab.push("ns/model", {.dry_run = true});

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::forbidden);
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
