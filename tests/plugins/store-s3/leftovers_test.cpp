// What interrupted runs leave in the bucket, and what is none of ours.

#include "fake_context.hpp"
#include "store-s3/s3_uploads.hpp"
#include "test_bucket.hpp"
#include "verified_bytes.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto unit = TestBucket::part_size;

class S3LeftoversTest : public testing::Test {
 protected:
  std::unique_ptr<Store> store() { return make_s3_store(bucket_.client(), bucket_.options()); }
  std::unique_ptr<Leftovers> leftovers() { return make_s3_leftovers(bucket_.client(), bucket_.options()); }

  std::vector<Leftover> list() {
    auto found = leftovers()->list(ctx());
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or(std::vector<Leftover>());
  }

  std::vector<std::string> names() {
    std::vector<std::string> names;
    for (const auto& leftover : list()) names.push_back(leftover.name);
    return names;
  }

  bool remove(const Leftover& leftover) {
    const auto removed = leftovers()->remove(ctx(), leftover);
    EXPECT_TRUE(removed) << removed.error().message;
    return removed.value_or(false);
  }

  S3Upload begin_upload(const std::string& key) {
    const auto client = bucket_.client();
    S3Upload upload{key, S3Uploads(*client).begin(ctx(), key, {}).value(), {}};
    const auto source = memory_source(std::string(unit, 'x'));
    EXPECT_TRUE(S3Uploads(*client).put_part(ctx(), upload, 1, *source));
    return upload;
  }

  bool is_there(const S3Upload& upload) {
    const auto client = bucket_.client();
    return S3Uploads(*client).parts(ctx(), upload).value().has_value();
  }

  Context ctx() { return fake_.context(); }

  FakeContext fake_;
  TestBucket bucket_;
  const StoreKeys keys_ = bucket_.options().keys;
  const std::string bytes_ = some_bytes(6 * unit);
  const Digest digest_ = descriptor_of(bytes_).digest;
};

TEST_F(S3LeftoversTest, are_none_at_first_and_after_what_went_well) {
  EXPECT_THAT(names(), IsEmpty());
  ASSERT_TRUE(bring(ctx(), *store(), bytes_));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(S3LeftoversTest, are_an_upload_that_was_cut) {
  ASSERT_TRUE(bring(ctx(), *store(), bytes_, 3 * unit));
  const auto found = list();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].name, HasSubstr(".regtool/staging/" + std::string(digest_.hex())));
  EXPECT_EQ(found[0].bytes, 3 * unit);
  EXPECT_LT(std::chrono::system_clock::now() - found[0].modified, std::chrono::minutes(5));
  EXPECT_TRUE(remove(found[0]));
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_FALSE(remove(found[0])) << "it is gone";
  const auto anew = store();
  EXPECT_TRUE(anew->stage(ctx(), descriptor_of(bytes_)).value()->facts().resumed.empty());
}

TEST_F(S3LeftoversTest, are_not_what_somebody_works_on) {
  ASSERT_TRUE(bring(ctx(), *store(), bytes_, 3 * unit));
  const auto abandoned = list();
  const auto mine = store();
  const auto staged = mine->stage(ctx(), descriptor_of(bytes_)).value();
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_FALSE(remove(abandoned.at(0)));
  EXPECT_EQ(staged->facts().resumed.prefix(), 3 * unit);
}

TEST_F(S3LeftoversTest, are_not_what_another_machine_has_moved_since) {
  ASSERT_TRUE(bring(ctx(), *store(), bytes_, 3 * unit));
  auto found = list();
  found.at(0).modified -= std::chrono::seconds(1);
  EXPECT_FALSE(remove(found[0]));
  EXPECT_EQ(names().size(), 1u);
}

TEST_F(S3LeftoversTest, are_uploads_of_blobs_without_a_record) {
  const auto blob = begin_upload(keys_.blob(digest_));
  const auto foreign = begin_upload("team/models/blobs/sha256-notes");
  const auto elsewhere = begin_upload("other/blobs/sha256-" + std::string(digest_.hex()));
  const auto found = list();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].bytes, unit);
  EXPECT_TRUE(remove(found[0]));
  EXPECT_FALSE(is_there(blob));
  EXPECT_TRUE(is_there(foreign));
  EXPECT_TRUE(is_there(elsewhere));
}

TEST_F(S3LeftoversTest, are_records_whose_upload_is_gone) {
  ASSERT_TRUE(bring(ctx(), *store(), bytes_, 3 * unit));
  const auto client = bucket_.client();
  const S3Uploads uploads(*client);
  ASSERT_TRUE(uploads.abort(ctx(), uploads.list(ctx(), keys_.blobs()).value().at(0)).value());
  ASSERT_EQ(bucket_.call("PUT", keys_.unfinished(digest_, "0123456789abcdef"), "no record").status, 200);
  ASSERT_EQ(bucket_.call("PUT", keys_.unfinished(digest_, "notes.txt"), "somebody else's").status, 200);
  for (const auto& leftover : list()) EXPECT_TRUE(remove(leftover));
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_EQ(bucket_.call("GET", keys_.unfinished(digest_, "0123456789abcdef")).status, 404);
  EXPECT_EQ(bucket_.call("GET", keys_.unfinished(digest_, "notes.txt")).status, 200);
}

TEST_F(S3LeftoversTest, are_marks_of_blobs_that_are_gone) {
  const auto there = descriptor_of("there").digest, gone = descriptor_of("gone").digest;
  ASSERT_EQ(bucket_.call("PUT", keys_.blob(there), "there").status, 200);
  for (const auto& digest : {there, gone}) ASSERT_EQ(bucket_.call("PUT", keys_.verified(digest), "\"e\"").status, 200);
  EXPECT_THAT(names(), ElementsAre(keys_.verified(gone)));
  EXPECT_FALSE(remove({keys_.verified(there), 0, {}})) << "its blob is there by now";
  EXPECT_TRUE(remove(list().at(0)));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(S3LeftoversTest, are_locks_whose_record_is_gone) {
  ASSERT_TRUE(bring(ctx(), *store(), bytes_, 3 * unit));
  const auto client = bucket_.client();
  const S3Uploads uploads(*client);
  ASSERT_TRUE(uploads.abort(ctx(), uploads.list(ctx(), keys_.blobs()).value().at(0)).value());
  ASSERT_EQ(bucket_.call("DELETE", list().at(0).name).status, 204);
  ASSERT_THAT(names(), ElementsAre(HasSubstr("lock ")));
  EXPECT_TRUE(remove(list().at(0)));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(S3LeftoversTest, are_removed_by_their_own_names_alone) {
  const std::vector<std::string> others{"", keys_.blob(digest_), "x?uploadId=1", keys_.manifests() + "h/n/m/1",
                                        keys_.unfinished() + "x"};
  for (const auto& name : others) EXPECT_FALSE(remove({name, 0, {}})) << name;
}

}  // namespace
}  // namespace regtool
