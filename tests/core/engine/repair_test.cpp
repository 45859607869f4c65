#include "engine/repair.hpp"

#include "digest_of.hpp"
#include "engine_lab.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

Reference name_of(const std::string& name) { return *Reference::parse("registry.test/" + name); }

// A model that registry and store have alike, until something happens to the store's.
class Repair : public testing::Test {
 protected:
  Repair() {
    lab_.publish("ns/model", {one_, two_, three_});
    EXPECT_TRUE(lab_.pull("ns/model"));
    models_ = {model("ns/model")};
  }

  StoredModel model(const std::string& name) {
    return {name_of(name), local_manifest(lab_.fake.context(), lab_.toolkit(), name_of(name)).value()};
  }

  void lose(const std::string& bytes) { ASSERT_TRUE(lab_.store.remove(lab_.fake.context(), digest_of(bytes))); }

  // The registry does not have it any more, or answers so.
  void forget(const std::string& bytes, int status = 404, const std::string& repository = "") {
    lab_.registry.plan().on({.target = repository + "/blobs/" + digest_of(bytes).text()}, Times::always(),
                            HttpReply{.status = status});
  }

  Result<std::vector<BlobRepair>> try_repair() {
    const auto ctx = lab_.fake.context();
    const auto problems = verify_blobs(ctx, lab_.toolkit(), blobs_of(models_)).value();
    lab_.registry.log().clear();
    return repair_blobs(ctx, lab_.toolkit(), models_, problems, [&](const Reference&) { return access_; });
  }

  std::vector<BlobRepair> repair() {
    auto repaired = try_repair();
    EXPECT_TRUE(repaired) << repaired.error().message;
    return repaired.value_or(std::vector<BlobRepair>());
  }

  // Of the one that was not mended.
  static std::string reason(const std::vector<BlobRepair>& repairs) {
    for (const auto& one : repairs) {
      if (!one.mended) return one.why;
    }
    return "all were mended";
  }

  std::size_t problems_left() {
    return verify_blobs(lab_.fake.context(), lab_.toolkit(), blobs_of(models_)).value().size();
  }

  EngineLab lab_;
  const std::string one_ = some_bytes(3'000'000, 1), two_ = some_bytes(100, 2), three_ = some_bytes(200, 3);
  std::vector<StoredModel> models_;
  Result<RegistryAccess> access_ = lab_.access;
};

TEST_F(Repair, fetches_again_what_is_missing) {
  lose(one_);
  const auto repaired = repair();
  ASSERT_EQ(repaired.size(), 1u);
  EXPECT_TRUE(repaired[0].mended);
  EXPECT_TRUE(lab_.has(one_));
}

TEST_F(Repair, fetches_again_what_is_damaged_though_the_store_trusts_it) {
  lab_.store.disk().rot(digest_of(one_));
  ASSERT_TRUE(lab_.store.open(lab_.fake.context(), digest_of(one_)).value()->trusted());
  EXPECT_TRUE(repair().at(0).mended);
  EXPECT_TRUE(lab_.has(one_));
}

TEST_F(Repair, fetches_again_what_was_cut_short) {
  lab_.store.disk().put(digest_of(one_), one_.substr(0, 1000));
  EXPECT_TRUE(repair().at(0).mended);
  EXPECT_TRUE(lab_.has(one_));
}

TEST_F(Repair, fetches_nothing_else) {
  lose(one_);
  repair();
  EXPECT_EQ(lab_.registry.log().bytes_sent(digest_of(two_).text()), 0u);
}

TEST_F(Repair, finds_the_blobs_of_the_store_s_version_though_the_tag_has_moved_on) {
  lab_.publish("ns/model", {some_bytes(50, 9)});
  lose(one_);
  EXPECT_TRUE(repair().at(0).mended);
  EXPECT_TRUE(lab_.has(one_));
}

TEST_F(Repair, tells_what_the_registry_does_not_have_any_more_and_mends_the_rest) {
  for (const auto& bytes : {one_, two_, three_}) lose(bytes);
  forget(two_);
  const auto repaired = repair();
  EXPECT_EQ(reason(repaired), "registry.test/ns/model: it is not there any more");
  EXPECT_TRUE(lab_.has(one_));
  EXPECT_TRUE(lab_.has(three_));
  EXPECT_EQ(problems_left(), 1u);
}

TEST_F(Repair, leaves_a_damaged_blob_where_it_is_when_there_is_no_other) {
  lab_.store.disk().rot(digest_of(two_));
  const auto damaged = *lab_.store.disk().bytes(digest_of(two_));
  forget(two_);
  EXPECT_FALSE(repair().at(0).mended);
  EXPECT_EQ(*lab_.store.disk().bytes(digest_of(two_)), damaged);
}

TEST_F(Repair, mends_the_rest_when_one_is_damaged_at_the_registry_too) {
  for (const auto& bytes : {one_, two_, three_}) lose(bytes);
  lab_.registry.content().add_blob_as("ns/model", digest_of(two_), some_bytes(100, 9));
  const auto repaired = repair();
  EXPECT_THAT(reason(repaired), HasSubstr("expected " + digest_of(two_).text()));
  EXPECT_TRUE(lab_.has(one_));
  EXPECT_TRUE(lab_.has(three_));
}

TEST_F(Repair, mends_the_rest_when_the_storage_of_one_always_fails) {
  for (const auto& bytes : {one_, two_, three_}) lose(bytes);
  lab_.settings.connections = lab_.settings.first_connections = 1;  // one after the other, the smallest last
  lab_.registry.plan().on({.method = "GET", .target = "/blobs/" + digest_of(three_).text()}, Times::always(),
                          HttpReply{.status = 500});
  EXPECT_THAT(reason(repair()), HasSubstr("500"));
  EXPECT_TRUE(lab_.has(one_));
  EXPECT_TRUE(lab_.has(two_));
}

TEST_F(Repair, gives_up_on_all_when_nothing_arrives_at_all) {
  std::vector<std::string> many;
  for (unsigned seed = 0; seed < 16; ++seed) many.push_back(some_bytes(100, 100 + seed));
  lab_.publish("ns/model", many);
  ASSERT_TRUE(lab_.pull("ns/model"));
  models_ = {model("ns/model")};
  for (const auto& bytes : many) lose(bytes);
  lab_.registry.plan().on({.method = "GET", .target = "/blobs/"}, Times::always(), HttpReply{.status = 500});
  EXPECT_THAT(reason(repair()), HasSubstr("500"));
  EXPECT_LE(lab_.registry.log().count("GET"), 16 * lab_.settings.tries);
}

TEST_F(Repair, tries_what_the_registry_will_not_say_whether_it_has_it) {
  lose(one_);
  lab_.registry.plan().on({.method = "HEAD"}, Times::always(), HttpReply{.status = 405});
  EXPECT_TRUE(repair().at(0).mended);
}

TEST_F(Repair, asks_where_another_model_comes_from_that_needs_the_blob_too) {
  lab_.publish("ns/other", {one_});
  ASSERT_TRUE(lab_.pull("ns/other"));
  models_.push_back(model("ns/other"));
  lose(one_);
  forget(one_, 404, "ns/model");
  EXPECT_TRUE(repair().at(0).mended);
  EXPECT_TRUE(lab_.has(one_));
}

TEST_F(Repair, asks_a_repository_once_however_many_of_its_tags_are_in_the_store) {
  ASSERT_TRUE(copy_model(lab_.fake.context(), lab_.toolkit(), name_of("ns/model"), name_of("ns/model:copy")));
  models_.push_back(model("ns/model:copy"));
  lose(two_);
  forget(two_);
  EXPECT_EQ(reason(repair()), "registry.test/ns/model: it is not there any more");
  EXPECT_EQ(lab_.registry.log().count("HEAD", digest_of(two_).text()), 1u);
}

TEST_F(Repair, tells_of_each_blob_that_the_registry_cannot_be_reached) {
  for (const auto& bytes : {one_, two_}) lose(bytes);
  lab_.registry.plan().on({}, Times::always(), HttpReply{.status = 503});
  const auto repaired = repair();
  ASSERT_EQ(repaired.size(), 2u);
  for (const auto& one : repaired) EXPECT_THAT(one.why, HasSubstr("503"));
}

TEST_F(Repair, tells_when_there_is_no_way_to_the_registry) {
  lose(one_);
  access_ = fail(Errc::invalid_argument, "plain HTTP is not allowed");
  EXPECT_EQ(reason(repair()), "registry.test/ns/model: plain HTTP is not allowed");
}

TEST_F(Repair, asks_the_mirrors_first) {
  lose(one_);
  FakeRegistry mirror;
  mirror.content().add_blob("ns/model", one_);
  lab_.transport.serve("https://mirror.test", mirror.handler());
  access_->mirrors = {"https://mirror.test"};
  EXPECT_TRUE(repair().at(0).mended);
  EXPECT_EQ(lab_.registry.log().bytes_sent(digest_of(one_).text()), 0u);
}

TEST_F(Repair, goes_on_to_the_registry_where_a_mirror_lacks_a_blob) {
  for (const auto& bytes : {one_, two_}) lose(bytes);
  FakeRegistry mirror;
  mirror.content().add_blob("ns/model", one_);
  lab_.transport.serve("https://mirror.test", mirror.handler());
  access_->mirrors = {"https://mirror.test"};
  repair();
  EXPECT_EQ(problems_left(), 0u);
}

TEST_F(Repair, ends_when_the_user_gives_up) {
  lose(one_);
  lab_.registry.plan().on({.method = "GET"}, Times::always(), [&](const HttpRequest& request, const Handler& real) {
    lab_.fake.stop();
    return real(request);
  });
  const auto repaired = try_repair();
  ASSERT_FALSE(repaired);
  EXPECT_EQ(repaired.error().code, Errc::cancelled);
}

TEST_F(Repair, ends_when_the_disk_is_full) {
  lose(one_);
  lab_.store.disk().set_capacity(1000);
  const auto repaired = try_repair();
  ASSERT_FALSE(repaired);
  EXPECT_EQ(repaired.error().code, Errc::no_space);
}

}  // namespace
}  // namespace regtool
