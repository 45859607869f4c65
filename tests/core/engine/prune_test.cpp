// What a prune decides to take away, and what it does take.

#include "engine/prune.hpp"

#include "digest_of.hpp"
#include "engine_lab.hpp"
#include "eventful_store.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::system_clock;
using testing::HasSubstr;
using testing::IsEmpty;

const system_clock::time_point now{hours(500'000)};

Reference name_of(const std::string& name) { return *Reference::parse("registry.test/" + name); }

struct Row {
  const char* what;
  hours age;
  milliseconds limit;
  bool goes;
};

class PrunePlanByAge : public testing::TestWithParam<Row> {};

TEST_P(PrunePlanByAge, takes_a_blob_that_nothing_refers_to) {
  const auto& [what, age, limit, goes] = GetParam();
  const auto plan = plan_prune({{{digest_of("x"), 7, now - age}}, {}, {}}, now, limit);
  EXPECT_EQ(plan.blobs.size(), goes ? 1u : 0u);
  EXPECT_EQ(plan.young_blobs, (goes ? Amount{} : Amount{1, 7}));
}

TEST_P(PrunePlanByAge, takes_a_leftover) {
  const auto& [what, age, limit, goes] = GetParam();
  const auto plan = plan_prune({{}, {}, {{"left", 7, now - age}}}, now, limit);
  EXPECT_EQ(plan.leftovers.size(), goes ? 1u : 0u);
  EXPECT_EQ(plan.young_leftovers, (goes ? Amount{} : Amount{1, 7}));
}

const Row rows[] = {
    {"older", hours(25), hours(24), true},        {"as_old", hours(24), hours(24), true},
    {"younger", hours(23), hours(24), false},     {"from_the_future", hours(-1), hours(24), false},
    {"any_age", hours(0), milliseconds(0), true}, {"any_age_from_the_future", hours(-1), milliseconds(0), true},
};
INSTANTIATE_TEST_SUITE_P(Table, PrunePlanByAge, testing::ValuesIn(rows),
                         [](const auto& row) { return row.param.what; });

TEST(PrunePlan, leaves_what_a_manifest_refers_to_however_old_it_is) {
  const auto plan =
      plan_prune({{{digest_of("x"), 7, now - hours(9999)}}, {{digest_of("x")}, {}}, {}}, now, milliseconds(0));
  EXPECT_THAT(plan.blobs, IsEmpty());
  EXPECT_EQ(plan.young_blobs, Amount());
}

TEST(PrunePlan, takes_leftovers_but_no_blob_while_a_manifest_cannot_be_read) {
  const Error why{Errc::protocol, "not JSON", std::nullopt};
  const auto plan = plan_prune(
      {{{digest_of("x"), 7, now - hours(99)}}, {{}, {{name_of("ns/torn"), why}}}, {{"left", 7, now - hours(99)}}}, now,
      hours(24));
  EXPECT_THAT(plan.blobs, IsEmpty());
  EXPECT_EQ(plan.leftovers.size(), 1u);
  ASSERT_EQ(plan.unreadable.size(), 1u);
  EXPECT_EQ(plan.unreadable[0].why.message, "not JSON");
}

class Prune : public testing::Test {
 protected:
  Prune() : kept_(some_bytes(100, 1)), lost_(some_bytes(50, 2)) {
    needing_ = lab_.keep("ns/other", {lost_});
    EXPECT_TRUE(lab_.refs.unlink(lab_.fake.context(), name_of("ns/other")));
    lab_.keep("ns/model", {kept_});
    lab_.store.disk().put(digest_of(lost_), lost_);
  }

  PrunePlan plan(const Toolkit& toolkit) {
    auto inventory = take_inventory(lab_.fake.context(), toolkit, &leftovers_);
    EXPECT_TRUE(inventory) << inventory.error().message;
    return plan_prune(std::move(inventory).value_or(Inventory()), now_, hours(24));
  }

  Result<> prune(const Toolkit& toolkit, const PrunePlan& what) {
    pruned_ = {};
    return regtool::prune(lab_.fake.context(), toolkit, &leftovers_, what, pruned_);
  }
  Result<> prune() { return prune(lab_.toolkit(), plan(lab_.toolkit())); }

  EngineLab lab_;
  const std::string kept_, lost_;
  std::string needing_;  // a manifest that needs what was lost
  const std::shared_ptr<MemoryDisk> disk_ = lab_.store.shared_disk();
  MemoryLeftovers leftovers_{disk_};
  system_clock::time_point now_ = system_clock::now() + hours(48);
  Pruned pruned_;
};

TEST_F(Prune, removes_the_blobs_that_nothing_refers_to) {
  ASSERT_TRUE(prune());
  EXPECT_FALSE(lab_.has(lost_));
  EXPECT_TRUE(lab_.has(kept_));
  ASSERT_EQ(pruned_.blobs.size(), 1u);
  EXPECT_EQ(pruned_.blobs[0].digest, digest_of(lost_));
  EXPECT_EQ(pruned_.blobs[0].size, lost_.size());
}

TEST_F(Prune, removes_what_an_interrupted_run_has_left) {
  disk_->leave_staged(descriptor_of("unfinished"), "unf");
  ASSERT_TRUE(prune());
  EXPECT_EQ(disk_->staged_count(), 0u);
  ASSERT_EQ(pruned_.leftovers.size(), 1u);
  EXPECT_EQ(pruned_.leftovers[0].bytes, 3u);
}

TEST_F(Prune, leaves_what_a_pull_of_today_may_need) {
  disk_->leave_staged(descriptor_of("unfinished"), "unf");
  now_ = system_clock::now() + hours(1);
  ASSERT_TRUE(prune());
  EXPECT_TRUE(lab_.has(lost_));
  EXPECT_EQ(disk_->staged_count(), 1u);
}

TEST_F(Prune, does_without_leftovers_where_a_store_has_none) {
  const auto what = plan_prune(take_inventory(lab_.fake.context(), lab_.toolkit(), nullptr).value(), now_, hours(24));
  ASSERT_TRUE(regtool::prune(lab_.fake.context(), lab_.toolkit(), nullptr, what, pruned_));
  EXPECT_FALSE(lab_.has(lost_));
}

TEST_F(Prune, puts_back_what_another_process_links_at_that_moment) {
  EventfulStore store(lab_.store, [&] { lab_.keep("ns/other", {lost_}); });
  const Toolkit toolkit{store, lab_.refs, *lab_.verifier, lab_.settings, lab_.board};
  ASSERT_TRUE(prune(toolkit, plan(toolkit)));
  EXPECT_TRUE(lab_.has(lost_));
  EXPECT_THAT(pruned_.blobs, IsEmpty());
}

TEST_F(Prune, tells_what_it_removed_though_something_else_could_not_be_put_back) {
  const auto gone = some_bytes(10, 9);
  lab_.store.disk().put(digest_of(gone), gone);
  lab_.store.disk().rot(digest_of(lost_));
  EventfulStore store(lab_.store,
                      [&] { ASSERT_TRUE(lab_.refs.link(lab_.fake.context(), name_of("ns/other"), needing_)); });
  const Toolkit toolkit{store, lab_.refs, *lab_.verifier, lab_.settings, lab_.board};
  const auto done = prune(toolkit, plan(toolkit));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("regtool verify --repair fetches it"));
  ASSERT_EQ(pruned_.blobs.size(), 1u);
  EXPECT_EQ(pruned_.blobs[0].digest, digest_of(gone));
}

TEST_F(Prune, leaves_what_has_come_to_be_needed_since_the_plan_was_made) {
  const auto what = plan(lab_.toolkit());
  lab_.keep("ns/other", {lost_});
  ASSERT_TRUE(prune(lab_.toolkit(), what));
  EXPECT_TRUE(lab_.has(lost_));
}

TEST_F(Prune, removes_no_blob_when_a_manifest_can_no_longer_be_read) {
  const auto what = plan(lab_.toolkit());
  ASSERT_TRUE(lab_.refs.link(lab_.fake.context(), name_of("ns/torn"), "{"));
  const auto pruned = prune(lab_.toolkit(), what);
  ASSERT_FALSE(pruned);
  EXPECT_THAT(pruned.error().message, HasSubstr("registry.test/ns/torn:latest cannot be read, so no blob is removed"));
  EXPECT_TRUE(lab_.has(lost_));
}

TEST_F(Prune, names_every_manifest_that_cannot_be_read) {
  std::vector<std::string> torn;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    torn.push_back(std::string("ns/") + letter);
    ASSERT_TRUE(lab_.refs.link(lab_.fake.context(), name_of(torn.back()), "{"));
  }
  const auto what = plan(lab_.toolkit());
  std::vector<std::string> names;
  for (const auto& [name, why] : what.unreadable) names.push_back(name.repository());
  EXPECT_EQ(names, torn);
}

TEST_F(Prune, removes_more_blobs_than_it_looks_at_between_two_looks_at_the_names) {
  for (unsigned i = 0; i < 300; ++i) lab_.store.disk().put(digest_of(some_bytes(10, i + 10)), some_bytes(10, i + 10));
  ASSERT_TRUE(prune());
  EXPECT_EQ(pruned_.blobs.size(), 301u);
  EXPECT_EQ(lab_.store.list(lab_.fake.context())->size(), 2u);
}

TEST_F(Prune, begins_nothing_after_the_stop) {
  const auto what = plan(lab_.toolkit());
  lab_.fake.stop();
  EXPECT_EQ(prune(lab_.toolkit(), what).error().code, Errc::cancelled);
  EXPECT_TRUE(lab_.has(lost_));
}

// One that cannot be removed.
class StubbornLeftovers final : public Leftovers {
 public:
  explicit StubbornLeftovers(Leftovers& inner) : inner_(inner) {}
  Result<std::vector<Leftover>> list(const Context& ctx) noexcept override { return inner_.list(ctx); }
  Result<bool> remove(const Context& ctx, const Leftover& leftover) noexcept override {
    if (leftover.bytes == 1) return fail(Errc::forbidden, "not yours");
    return inner_.remove(ctx, leftover);
  }

 private:
  Leftovers& inner_;
};

TEST_F(Prune, is_not_kept_from_the_rest_by_a_leftover_that_cannot_be_removed) {
  for (const char* bytes : {"1", "22", "333"}) disk_->leave_staged(descriptor_of(bytes), bytes);
  StubbornLeftovers stubborn(leftovers_);
  const auto done = regtool::prune(lab_.fake.context(), lab_.toolkit(), &stubborn, plan(lab_.toolkit()), pruned_);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::forbidden);
  EXPECT_EQ(pruned_.leftovers.size(), 2u);
  EXPECT_FALSE(lab_.has(lost_));
}

}  // namespace
}  // namespace regtool
