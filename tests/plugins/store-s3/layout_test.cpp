// What is where in the bucket, seen without the store.

#include "fake_context.hpp"
#include "store-s3/s3_objects.hpp"
#include "test_bucket.hpp"
#include "verified_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::ElementsAre;

class S3Layout : public testing::Test {
 protected:
  S3Layout()
      : store_(make_s3_store(bucket_.client(), bucket_.options())),
        refs_(make_s3_refs(bucket_.client(), bucket_.options().keys)) {}

  std::vector<std::string> keys() {
    const auto client = bucket_.client();
    std::vector<std::string> keys;
    EXPECT_TRUE(S3Objects(*client).list(ctx(), "", "", [&](const S3ObjectPage& page) -> Result<> {
      for (const auto& object : page.objects) keys.push_back(object.key);
      return {};
    }));
    return keys;
  }

  Context ctx() { return fake_.context(); }

  FakeContext fake_;
  TestBucket bucket_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Refs> refs_;
};

TEST_F(S3Layout, is_ollamas_own) {
  const std::string bytes = "a blob";
  ASSERT_TRUE(bring(ctx(), *store_, bytes));
  ASSERT_TRUE(refs_->link(ctx(), Reference::parse("localhost:5000/team/gemma:2b").value(), "{}"));
  EXPECT_THAT(keys(), ElementsAre("team/models/blobs/sha256-" + std::string(descriptor_of(bytes).digest.hex()),
                                  "team/models/manifests/localhost:5000/team/gemma/2b"));
  EXPECT_EQ(bucket_.call("GET", keys()[0]).body, bytes);
}

TEST_F(S3Layout, passes_over_other_programs_objects) {
  for (const std::string key : {"team/models/blobs/notes", "team/models/blobs/sha256-abc", "team/models/manifests/h/m",
                                "team/models/manifests/h/n/m/.hidden/1", "team/models/manifests/h/n//1",
                                "blobs/sha256-x", "team/models/manifests/"}) {
    ASSERT_EQ(bucket_.call("PUT", key, "x").status, 200) << key;
  }
  EXPECT_TRUE(store_->list(ctx()).value().empty());
  EXPECT_TRUE(refs_->list(ctx()).value().empty());
}

TEST_F(S3Layout, finds_what_another_program_has_put_there) {
  const std::string bytes = "synced from a laptop";
  const auto digest = descriptor_of(bytes).digest;
  ASSERT_EQ(bucket_.call("PUT", bucket_.options().keys.blob(digest), bytes).status, 200);
  ASSERT_EQ(bucket_.call("PUT", "team/models/manifests/registry.ollama.ai/library/gemma/2b", "{}").status, 200);
  const auto blob = store_->open(ctx(), digest).value();
  ASSERT_TRUE(blob);
  EXPECT_FALSE(blob->trusted());
  EXPECT_EQ(refs_->resolve(ctx(), Reference::parse("gemma:2b").value()).value(), "{}");
}

TEST_F(S3Layout, does_not_trust_a_copy_under_another_name) {
  const std::string bytes = "copied";
  const auto other = descriptor_of("other").digest;
  ASSERT_TRUE(bring(ctx(), *store_, bytes));
  const auto& keys = bucket_.options().keys;
  const auto reply =
      bucket_.call("PUT", keys.blob(other), "",
                   {{"x-amz-copy-source", "/" + bucket_.bucket() + "/" + keys.blob(descriptor_of(bytes).digest)}});
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_TRUE(store_->open(ctx(), descriptor_of(bytes).digest).value()->trusted());
  EXPECT_FALSE(store_->open(ctx(), other).value()->trusted());
}

TEST_F(S3Layout, removes_the_mark_of_a_blob_with_it) {
  const std::string bytes = "hashed once";
  const auto digest = descriptor_of(bytes).digest;
  ASSERT_EQ(bucket_.call("PUT", bucket_.options().keys.blob(digest), bytes).status, 200);
  const auto verifier = make_test_verifier();
  store_->open(ctx(), digest).value()->trust(prove(*verifier, bytes));
  EXPECT_EQ(keys().size(), 2u);
  EXPECT_TRUE(store_->open(ctx(), digest).value()->trusted());
  EXPECT_TRUE(store_->remove(ctx(), digest).value());
  EXPECT_TRUE(keys().empty());
}

TEST_F(S3Layout, marks_no_blob_that_it_has_written_itself) {
  const std::string bytes = "written here";
  ASSERT_TRUE(bring(ctx(), *store_, bytes));
  const auto verifier = make_test_verifier();
  store_->open(ctx(), descriptor_of(bytes).digest).value()->trust(prove(*verifier, bytes));
  EXPECT_EQ(keys().size(), 1u);
}

TEST_F(S3Layout, has_the_service_verify_every_byte) {
  // A store whose bytes are changed between the hash and the service: what arrives is refused there.
  const auto client = bucket_.client();
  const auto source = memory_source("other bytes");
  const auto sent = client->exchange(ctx(), {.method = Method::put,
                                             .key = "k",
                                             .body = source.get(),
                                             .body_sha256 = std::string(descriptor_of("bytes").digest.hex())});
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->refusal.words.code, "XAmzContentSHA256Mismatch");
  EXPECT_TRUE(keys().empty());
}

}  // namespace
}  // namespace regtool
