#include "engine/removal.hpp"

#include "digest_of.hpp"
#include "engine_lab.hpp"
#include "eventful_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

Reference name_of(const std::string& name) { return *Reference::parse("registry.test/" + name); }

TEST(RemoveModel, removes_the_name_and_the_blobs_that_only_it_needed) {
  EngineLab lab;
  const auto shared = some_bytes(100, 1), own = some_bytes(100, 2);
  lab.keep("ns/kept", {shared});
  lab.keep("ns/model", {shared, own});

  const auto removed = remove_model(lab.fake.context(), lab.toolkit(), name_of("ns/model"), true);

  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(removed->removed.count, 1u);
  EXPECT_EQ(removed->removed.bytes, 100u);
  EXPECT_EQ(lab.stored("ns/model"), "");
  EXPECT_TRUE(lab.has(shared));
  EXPECT_FALSE(lab.has(own));
}

TEST(RemoveModel, removes_no_blob_while_another_manifest_cannot_be_read) {
  EngineLab lab;
  const auto own = some_bytes(100, 2);
  lab.keep("ns/model", {own});
  ASSERT_TRUE(lab.refs.link(lab.fake.context(), name_of("ns/torn"), "{"));

  const auto removed = remove_model(lab.fake.context(), lab.toolkit(), name_of("ns/model"), true);

  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(lab.stored("ns/model"), "");
  EXPECT_TRUE(lab.has(own));
  EXPECT_THAT(lab.fake.console.warnings(), testing::ElementsAre(HasSubstr("ns/torn:latest cannot be read")));
}

TEST(RemoveModel, puts_back_what_another_process_links_at_that_moment) {
  EngineLab lab;
  const auto needed = some_bytes(3'000'000, 1), own = some_bytes(100, 2);
  lab.keep("ns/model", {needed, own});
  EventfulStore store(lab.store, [&] { lab.keep("ns/other", {needed}); });
  const Toolkit toolkit{store, lab.refs, *lab.verifier, lab.settings, lab.board};

  const auto removed = remove_model(lab.fake.context(), toolkit, name_of("ns/model"), true);

  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(removed->removed.count, 1u);
  EXPECT_TRUE(lab.has(needed));
  EXPECT_FALSE(lab.has(own));
}

TEST(RemoveModel, puts_everything_back_when_the_names_can_no_longer_be_read) {
  EngineLab lab;
  const auto own = some_bytes(100, 2);
  lab.keep("ns/model", {own});
  EventfulStore store(lab.store, [&] { (void)lab.refs.link(lab.fake.context(), name_of("ns/torn"), "{"); });
  const Toolkit toolkit{store, lab.refs, *lab.verifier, lab.settings, lab.board};

  ASSERT_TRUE(remove_model(lab.fake.context(), toolkit, name_of("ns/model"), true));

  EXPECT_TRUE(lab.has(own));
}

TEST(RemoveModel, removes_a_name_whose_manifest_cannot_be_read) {
  EngineLab lab;
  ASSERT_TRUE(lab.refs.link(lab.fake.context(), name_of("ns/torn"), "{"));
  ASSERT_TRUE(remove_model(lab.fake.context(), lab.toolkit(), name_of("ns/torn"), true));
  EXPECT_EQ(lab.stored("ns/torn"), "");
}

TEST(RemoveModel, names_the_nearest_model_when_there_is_none_of_that_name) {
  EngineLab lab;
  lab.keep("ns/gemma", {});
  const auto removed = remove_model(lab.fake.context(), lab.toolkit(), name_of("ns/gema"), true);
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, Errc::not_found);
  EXPECT_THAT(removed.error().message, HasSubstr("did you mean \"registry.test/ns/gemma:latest\""));
}

TEST(RemoveModel, tells_what_stays_because_other_models_need_it) {
  EngineLab lab;
  const auto shared = some_bytes(100, 1), own = some_bytes(50, 2);
  lab.keep("ns/kept", {shared});
  lab.keep("ns/model", {shared, own});

  const auto removed = remove_model(lab.fake.context(), lab.toolkit(), name_of("ns/model"), true);

  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(removed->removed, (Amount{1, 50}));
  EXPECT_EQ(removed->shared, (Amount{2, 123}));  // the layer and the config
}

TEST(RemoveModel, puts_back_what_is_needed_even_when_the_user_gives_up_at_that_moment) {
  EngineLab lab;
  const auto needed = some_bytes(100, 1);
  lab.keep("ns/model", {needed});
  EventfulStore store(lab.store, [&] {
    lab.keep("ns/other", {needed});
    lab.fake.stop();
  });
  const Toolkit toolkit{store, lab.refs, *lab.verifier, lab.settings, lab.board};

  ASSERT_TRUE(remove_model(lab.fake.context(), toolkit, name_of("ns/model"), true));

  EXPECT_TRUE(lab.has(needed));
}

class Rehearsal : public testing::Test {
 protected:
  RemovalReport rehearse(const std::string& name, bool prune = true) {
    const auto report = rehearsal_.remove(lab_.fake.context(), lab_.toolkit(), name_of(name), prune);
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(RemovalReport());
  }

  static EngineLab& furnished(EngineLab& lab) {
    lab.keep("ns/one", {some_bytes(100, 1), some_bytes(10, 2)});
    lab.keep("ns/two", {some_bytes(100, 1), some_bytes(20, 3)});
    return lab;
  }

  EngineLab lab_;
  RemovalRehearsal rehearsal_ = RemovalRehearsal::begin(lab_.fake.context(), furnished(lab_).toolkit()).value();
};

TEST_F(Rehearsal, tells_what_would_go_and_what_would_stay) {
  const auto report = rehearse("ns/one");
  EXPECT_EQ(report.removed, (Amount{1, 10}));
  EXPECT_EQ(report.shared, (Amount{2, 123}));
}

TEST_F(Rehearsal, takes_those_before_for_gone) {
  rehearse("ns/one");
  const auto report = rehearse("ns/two");
  EXPECT_EQ(report.removed, (Amount{3, 143}));
  EXPECT_EQ(report.shared, Amount());
}

TEST_F(Rehearsal, changes_nothing) {
  rehearse("ns/one");
  EXPECT_NE(lab_.stored("ns/one"), "");
  EXPECT_TRUE(lab_.has(some_bytes(10, 2)));
}

TEST_F(Rehearsal, has_no_blob_go_where_names_alone_are_removed) {
  const auto report = rehearse("ns/one", false);
  EXPECT_EQ(report.removed, Amount());
  EXPECT_EQ(report.shared, Amount());
}

TEST_F(Rehearsal, tells_the_same_as_the_removal_does) {
  for (const char* name : {"ns/one", "ns/two"}) {
    const auto rehearsed = rehearse(name);
    const auto real = remove_model(lab_.fake.context(), lab_.toolkit(), name_of(name), true).value();
    EXPECT_EQ(rehearsed.removed, real.removed);
    EXPECT_EQ(rehearsed.shared, real.shared);
  }
}

TEST_F(Rehearsal, does_not_find_a_name_twice) {
  rehearse("ns/one");
  const auto again = rehearsal_.remove(lab_.fake.context(), lab_.toolkit(), name_of("ns/one"), true);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::not_found);
}

TEST(RehearsalAmongTornManifests, has_no_blob_go_until_they_are_gone) {
  EngineLab lab;
  lab.keep("ns/one", {some_bytes(100, 1)});
  ASSERT_TRUE(lab.refs.link(lab.fake.context(), name_of("ns/torn"), "{"));
  auto rehearsal = RemovalRehearsal::begin(lab.fake.context(), lab.toolkit()).value();
  EXPECT_EQ(rehearsal.remove(lab.fake.context(), lab.toolkit(), name_of("ns/one"), true)->removed, Amount());
  auto another = RemovalRehearsal::begin(lab.fake.context(), lab.toolkit()).value();
  ASSERT_TRUE(another.remove(lab.fake.context(), lab.toolkit(), name_of("ns/torn"), true));
  EXPECT_EQ(another.remove(lab.fake.context(), lab.toolkit(), name_of("ns/one"), true)->removed, (Amount{2, 123}));
}

}  // namespace
}  // namespace regtool
