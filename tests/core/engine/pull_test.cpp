#include "digest_of.hpp"
#include "engine_lab.hpp"
#include "faulty_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

constexpr std::size_t mib = 1024 * 1024;

TEST(Pull, brings_every_blob_and_the_manifest_byte_for_byte) {
  EngineLab lab;
  const auto weights = some_bytes(40 * mib), tmpl = some_bytes(100, 2);
  const auto manifest = lab.publish("ns/model", {weights, tmpl});

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(lab.stored("ns/model"), manifest);
  EXPECT_TRUE(lab.has(weights));
  EXPECT_TRUE(lab.has(tmpl));
  EXPECT_EQ(report->fetched_blobs, 3u);
  EXPECT_TRUE(report->changed);
}

TEST(Pull, moves_nothing_when_all_is_there_and_known_to_be_good) {
  EngineLab lab;
  lab.publish("ns/model", {some_bytes(1000), some_bytes(100, 2)});
  ASSERT_TRUE(lab.pull("ns/model"));
  lab.registry.log().clear();

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->fetched_blobs, 0u);
  EXPECT_FALSE(report->changed);
  EXPECT_EQ(lab.registry.log().count("GET", "/blobs/"), 0u);
}

TEST(Pull, replaces_a_damaged_blob_of_the_right_size) {
  EngineLab lab;
  const auto weights = some_bytes(10000);
  lab.publish("ns/model", {weights});
  lab.store.disk().put(digest_of(weights), std::string(10000, 'x'));

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(lab.has(weights));
  EXPECT_THAT(lab.fake.console.warnings(), testing::Contains(HasSubstr("damaged")));
}

TEST(Pull, resumes_what_an_earlier_run_left) {
  EngineLab lab;
  const auto weights = some_bytes(10 * mib);
  lab.publish("ns/model", {weights});
  lab.store.disk().leave_staged(descriptor_of(weights), weights.substr(0, 9 * mib));

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(lab.has(weights));
  EXPECT_LT(report->fetched_bytes, 2 * mib);
}

TEST(Pull, fetches_again_what_was_damaged_on_the_way) {
  EngineLab lab;
  const auto weights = some_bytes(1000);
  lab.publish("ns/model", {weights});
  lab.registry.plan().on({.method = "GET", .target = digest_of(weights).text()}, Times::once(),
                         HttpReply{.body = some_bytes(1000, 7)});

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(lab.has(weights));
}

TEST(Pull, gives_up_on_a_blob_that_is_damaged_at_the_registry_and_publishes_nothing) {
  EngineLab lab;
  const auto weights = some_bytes(1000);
  lab.publish("ns/model", {weights});
  lab.registry.content().add_blob_as("ns/model", digest_of(weights), some_bytes(1000, 7));

  const auto report = lab.pull("ns/model");

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::corrupt);
  EXPECT_THAT(report.error().message, HasSubstr("expected " + digest_of(weights).text()));
  EXPECT_EQ(lab.stored("ns/model"), "");
  EXPECT_FALSE(lab.store.disk().bytes(digest_of(weights)));
  EXPECT_EQ(lab.registry.log().count("GET", "/blobs/" + digest_of(weights).text()), 3u);
}

TEST(Pull, refuses_an_empty_blob_that_is_said_to_be_something_else) {
  EngineLab lab;
  const Descriptor impossible{digest_of("not empty"), 0};
  lab.registry.content().put_manifest("ns/model", "latest",
                                      {manifest_json(impossible, {{"application/vnd.ollama.image.model", impossible}}),
                                       std::string(docker_manifest_type)});

  const auto report = lab.pull("ns/model");

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::corrupt);
  EXPECT_EQ(lab.stored("ns/model"), "");
}

TEST(Pull, keeps_what_was_fetched_when_the_disk_fails_once) {
  const auto weights = some_bytes(1000);
  for (std::uint64_t nth = 1;; ++nth) {
    EngineLab lab;
    lab.settings.connections = 1;
    lab.publish("ns/model", {weights});
    lab.store.disk().leave_staged(descriptor_of(weights), weights);
    NthCallFails plan(nth);
    FaultyStore faulty(lab.store, plan);
    const Toolkit toolkit{faulty, lab.refs, *lab.verifier, lab.settings, lab.board};
    (void)pull(lab.fake.context(), toolkit, lab.access, *Reference::parse("registry.test/ns/model"), {});
    if (!plan.struck()) break;

    const auto report = lab.pull("ns/model");

    ASSERT_TRUE(report) << report.error().message;
    EXPECT_LT(report->fetched_bytes, weights.size()) << "failed call " << nth;
  }
}

TEST(Pull, goes_on_where_a_connection_was_cut) {
  EngineLab lab;
  const auto weights = some_bytes(30 * mib);
  lab.publish("ns/model", {weights});
  lab.registry.plan().on({.method = "GET", .target = "/blobs/"}, Times::first_attempts(1),
                         cut_at(Moment::in_body(3 * mib)));

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(lab.has(weights));
  EXPECT_LT(report->fetched_bytes, weights.size() + 2 * mib);
}

TEST(Pull, reads_a_registry_that_ignores_ranges_as_one_stream) {
  EngineLab lab({.ranges = false});
  const auto weights = some_bytes(30 * mib);
  lab.publish("ns/model", {weights});

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(lab.has(weights));
  EXPECT_EQ(report->fetched_bytes, weights.size() + 23);
}

TEST(Pull, follows_redirects_without_taking_the_credential_along) {
  FakeRegistryOptions options;
  options.cdn.origin = "https://cdn.test";
  options.redirects_blobs = 307;
  EngineLab lab(options);
  const auto weights = some_bytes(30 * mib);
  lab.publish("ns/model", {weights});

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(lab.has(weights));
  EXPECT_EQ(lab.registry.log().count("GET", "/v2/ns/model/blobs/" + digest_of(weights).text()), 1u)
      << lab.registry.log().text();
}

TEST(Pull, asks_the_registry_again_when_a_signed_address_has_expired) {
  FakeRegistryOptions options;
  options.cdn.origin = "https://cdn.test";
  options.cdn.uses = 2;
  options.redirects_blobs = 307;
  EngineLab lab(options);
  const auto weights = some_bytes(60 * mib);
  lab.publish("ns/model", {weights});

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(lab.has(weights));
}

TEST(Pull, asks_the_registry_again_when_the_address_it_gave_is_dead) {
  EngineLab lab;
  const auto weights = some_bytes(30 * mib);
  lab.publish("ns/model", {weights});
  const auto path = "/v2/ns/model/blobs/" + digest_of(weights).text();
  const RequestMatch cdn{.method = "GET", .origin = "https://cdn.test"};
  lab.registry.plan().on(cdn, Times::once(), Faults());
  lab.registry.plan().on(cdn, Times::always(), cut_at(Moment::before_head()));
  lab.registry.plan().on({.method = "GET", .target = path}, Times::once(),
                         HttpReply{.status = 307, .headers = {{"Location", "https://cdn.test" + path}}});

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(lab.has(weights));
}

TEST(Pull, removes_what_only_the_replaced_version_needed) {
  EngineLab lab;
  const auto shared = some_bytes(500, 3), old_weights = some_bytes(1000, 4), new_weights = some_bytes(1000, 5);
  lab.publish("ns/model", {old_weights, shared});
  ASSERT_TRUE(lab.pull("ns/model"));
  lab.publish("ns/model", {new_weights, shared});

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->pruned_blobs, 1u);
  EXPECT_FALSE(lab.has(old_weights));
  EXPECT_TRUE(lab.has(shared));
  EXPECT_TRUE(lab.has(new_weights));
}

TEST(Pull, succeeds_though_it_may_not_remove_the_replaced_version) {
  EngineLab lab;
  const auto old_weights = some_bytes(1000, 4), new_weights = some_bytes(1000, 5);
  lab.publish("ns/model", {old_weights});
  ASSERT_TRUE(lab.pull("ns/model"));
  ASSERT_TRUE(lab.refs.link(lab.fake.context(), *Reference::parse("registry.test/ns/broken"), "torn"));
  const auto manifest = lab.publish("ns/model", {new_weights});

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->pruned_blobs, 0u);
  EXPECT_EQ(lab.stored("ns/model"), manifest);
  EXPECT_TRUE(lab.has(old_weights));
  EXPECT_THAT(lab.fake.console.warnings(), testing::Contains(HasSubstr("no blob is removed")));
}

TEST(Pull, brings_thousands_of_small_blobs) {
  EngineLab lab;
  std::vector<std::string> tensors;
  for (unsigned i = 0; i < 2000; ++i) tensors.push_back(some_bytes(64, i + 10));
  lab.publish("ns/model", tensors);

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->fetched_blobs, 2001u);
  for (const auto& tensor : tensors) ASSERT_TRUE(lab.has(tensor));
}

TEST(Pull, is_cancelled_by_a_stop_and_keeps_the_name_as_it_was) {
  EngineLab lab;
  lab.publish("ns/model", {some_bytes(1000)});
  lab.fake.stop();

  const auto report = lab.pull("ns/model");

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::cancelled);
  EXPECT_EQ(lab.stored("ns/model"), "");
}

TEST(Pull, prefers_a_mirror_and_tells_it_nothing_secret) {
  EngineLab lab;
  const auto weights = some_bytes(1000);
  lab.publish("ns/model", {weights});
  FakeRegistry mirror;
  mirror.content().add_blob("ns/model", weights);
  mirror.content().add_blob("ns/model", R"({"model_format":"gguf"})");
  mirror.content().put_manifest("ns/model", "latest", *lab.registry.content().manifest("ns/model", "latest"));
  lab.transport.serve("http://mirror.test:5000", mirror.handler());
  lab.access.mirrors = {"http://mirror.test:5000"};

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(lab.has(weights));
  EXPECT_TRUE(lab.registry.log().all().empty());
  for (const auto& request : mirror.log().all()) EXPECT_FALSE(request.headers.get("Authorization"));
}

TEST(Pull, falls_back_on_the_registry_when_no_mirror_can_help) {
  EngineLab lab;
  const auto weights = some_bytes(1000);
  lab.publish("ns/model", {weights});
  FakeRegistry empty;
  lab.transport.serve("http://empty.test", empty.handler());
  lab.access.mirrors = {"http://down.test", "http://empty.test"};

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(lab.has(weights));
  EXPECT_EQ(lab.fake.console.warnings().size(), 2u);
}

TEST(Pull, of_a_dry_run_tells_what_is_missing_and_changes_nothing) {
  EngineLab lab;
  lab.publish("ns/model", {some_bytes(1000)});

  const auto report = lab.pull("ns/model", {.dry_run = true});

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->fetched_blobs, 2u);
  EXPECT_EQ(report->fetched_bytes, 1023u);
  EXPECT_EQ(lab.stored("ns/model"), "");
  EXPECT_EQ(lab.registry.log().count("GET", "/blobs/"), 0u);
}

}  // namespace
}  // namespace regtool
