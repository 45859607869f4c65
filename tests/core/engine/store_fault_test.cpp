#include "digest_of.hpp"
#include "engine/manifest.hpp"
#include "engine_lab.hpp"
#include "faulty_store.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

const Reference& model() {
  static const auto name = *Reference::parse("registry.test/ns/model");
  return name;
}

const std::string& weights() {
  static const auto bytes = some_bytes(9 << 20);
  return bytes;
}

// A lab whose store has one version of a model and whose registry has the next, and whose store can be made to fail.
class FailingStore {
 public:
  explicit FailingStore(NthCallFails& plan) : store_(lab_.store, plan), refs_(lab_.refs, plan) {
    lab_.settings.connections = 2;
    const auto shared = some_bytes(3000, 1);
    lab_.keep("ns/model", {shared, some_bytes(2000, 2)});
    layers_ = {shared, weights(), some_bytes(500, 4), some_bytes(0, 5)};
    manifest_ = lab_.publish("ns/model", layers_);
  }

  Toolkit failing() { return {store_, refs_, *lab_.verifier, lab_.settings, lab_.board}; }
  Result<PullReport> pull(const Toolkit& toolkit) {
    return regtool::pull(lab_.fake.context(), toolkit, lab_.access, model(), {});
  }

  // Every blob of whatever the name points to is there, with the right bytes.
  void expect_linked_is_whole() {
    const auto manifest = Manifest::parse(lab_.stored("ns/model"));
    ASSERT_TRUE(manifest);
    for (const auto& layer : manifest->distinct_blobs()) {
      const auto bytes = lab_.store.disk().bytes(layer.blob.digest);
      ASSERT_TRUE(bytes) << layer.blob.digest.text();
      EXPECT_EQ(digest_of(*bytes), layer.blob.digest);
    }
  }

  void expect_new_version() {
    EXPECT_EQ(lab_.stored("ns/model"), manifest_);
    expect_linked_is_whole();
    EXPECT_EQ(lab_.store.disk().staged_count(), 0u);
  }

  EngineLab& lab() { return lab_; }

 private:
  EngineLab lab_;
  FaultyStore store_;
  FaultyRefs refs_;
  std::vector<std::string> layers_;
  std::string manifest_;
};

class StoreFaults : public testing::TestWithParam<Errc> {};

TEST_P(StoreFaults, whichever_call_of_a_pull_fails_what_is_linked_is_whole_and_the_next_run_succeeds) {
  unsigned failures = 0;
  for (std::uint64_t nth = 1;; ++nth) {
    SCOPED_TRACE(nth);
    NthCallFails plan(nth, GetParam());
    FailingStore site(plan);

    const auto report = site.pull(site.failing());

    if (!report) ++failures;
    if (report) site.expect_new_version();
    site.expect_linked_is_whole();
    const auto next = site.pull(site.lab().toolkit());
    ASSERT_TRUE(next) << next.error().message;
    site.expect_new_version();
    if (!plan.struck()) break;
    ASSERT_LT(nth, 500u);
  }
  EXPECT_GT(failures, 5u);
}

TEST_P(StoreFaults, whichever_call_of_a_push_fails_the_registry_has_all_or_no_manifest_and_the_next_run_succeeds) {
  unsigned failures = 0;
  for (std::uint64_t nth = 1;; ++nth) {
    SCOPED_TRACE(nth);
    NthCallFails plan(nth, GetParam());
    EngineLab lab;
    FaultyStore store(lab.store, plan);
    FaultyRefs refs(lab.refs, plan);
    const Toolkit failing{store, refs, *lab.verifier, lab.settings, lab.board};
    const auto manifest = lab.keep("ns/model", {some_bytes(1'300'000, 1), some_bytes(300, 2)});

    const auto report = push(lab.fake.context(), failing, lab.access, model(), model(), {});

    if (!report) ++failures;
    EXPECT_EQ(lab.registry.content().manifest("ns/model", "latest").has_value(), report.has_value());
    const auto next = lab.push("ns/model");
    ASSERT_TRUE(next) << next.error().message;
    // The fake refuses a manifest whose blobs it does not have, and a blob whose digest is wrong.
    EXPECT_EQ(lab.registry.content().manifest("ns/model", "latest")->bytes, manifest);
    if (!plan.struck()) break;
    ASSERT_LT(nth, 500u);
  }
  EXPECT_GT(failures, 5u);
}

INSTANTIATE_TEST_SUITE_P(With, StoreFaults, testing::Values(Errc::io, Errc::no_space, Errc::unavailable),
                         [](const auto& with) {
                           return with.param == Errc::io ? "io" : with.param == Errc::no_space ? "no_space" : "network";
                         });

TEST(FullDisk, a_pull_that_fills_the_disk_says_so_and_goes_on_when_there_is_room) {
  EngineLab lab;
  const auto manifest = lab.publish("ns/model", {weights()});
  lab.store.disk().set_capacity(4 << 20);

  const auto report = lab.pull("ns/model");

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::no_space);
  EXPECT_EQ(lab.stored("ns/model"), "");
  lab.store.disk().set_capacity(~std::uint64_t{0});
  const auto next = lab.pull("ns/model");
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_LT(next->fetched_bytes, 6u << 20);
  EXPECT_TRUE(lab.has(weights()));
  EXPECT_EQ(lab.stored("ns/model"), manifest);
}

}  // namespace
}  // namespace regtool
