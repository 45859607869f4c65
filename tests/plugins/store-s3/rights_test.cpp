// What the service does not allow is said in one line, and loses nothing.

#include "fake_context.hpp"
#include "store-s3/s3_objects.hpp"
#include "test_bucket.hpp"
#include "verified_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

constexpr auto unit = TestBucket::part_size;

// The one in the lab who may only read.
const lab::S3Account& reader() {
  static const auto account = ceph().make_reader();
  return account;
}

class S3Rights : public testing::Test {
 protected:
  std::unique_ptr<Store> store(const lab::S3Account& account) {
    return make_s3_store(bucket_.client(real_transport(), account), bucket_.options());
  }
  std::unique_ptr<Refs> refs(const lab::S3Account& account) {
    return make_s3_refs(bucket_.client(real_transport(), account), bucket_.options().keys);
  }

  Context ctx() { return real_.context(); }

  RealContext real_;
  TestBucket bucket_;
  const std::string small_ = some_bytes(1000), large_ = some_bytes(3 * unit);
  const Reference name_ = Reference::parse("h.test/n/m:1").value();
};

TEST_F(S3Rights, let_a_reader_read) {
  ASSERT_TRUE(bring(ctx(), *store(ceph().owner()), large_));
  ASSERT_TRUE(refs(ceph().owner())->link(ctx(), name_, "manifest"));
  const auto theirs = store(reader());
  EXPECT_EQ(bytes_in(ctx(), *theirs, descriptor_of(large_).digest), large_);
  EXPECT_EQ(theirs->list(ctx()).value().size(), 1u);
  EXPECT_EQ(refs(reader())->resolve(ctx(), name_).value(), "manifest");
}

TEST_F(S3Rights, refuse_a_reader_who_writes) {
  ASSERT_TRUE(bring(ctx(), *store(ceph().owner()), small_));
  ASSERT_TRUE(refs(ceph().owner())->link(ctx(), name_, "manifest"));
  const auto theirs = store(reader());
  for (const auto& outcome : {bring(ctx(), *theirs, some_bytes(1000, 7)), bring(ctx(), *theirs, large_),
                              refs(reader())->link(ctx(), name_, "x"),
                              Result<>(theirs->remove(ctx(), descriptor_of(small_).digest).map([](bool) {})),
                              Result<>(refs(reader())->unlink(ctx(), name_).map([](bool) {}))}) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::forbidden);
    EXPECT_THAT(outcome.error().message, HasSubstr("AccessDenied"));
  }
  EXPECT_EQ(bytes_in(ctx(), *theirs, descriptor_of(small_).digest), small_);
  EXPECT_EQ(bytes_in(ctx(), *theirs, descriptor_of(large_).digest), "(absent)");
  EXPECT_EQ(refs(reader())->resolve(ctx(), name_).value(), "manifest");
}

TEST_F(S3Rights, say_that_keys_are_wrong) {
  for (const auto& account : {lab::S3Account{"NOBODY", "x"}, lab::S3Account{ceph().owner().access_key, "wrong"}}) {
    const auto theirs = store(account);
    for (const auto& error : {theirs->open(ctx(), descriptor_of("x").digest).error(), theirs->list(ctx()).error(),
                              bring(ctx(), *theirs, small_).error(), bring(ctx(), *theirs, large_).error()}) {
      EXPECT_EQ(error.code, Errc::unauthenticated) << error.message;
      EXPECT_THAT(error.message, HasSubstr("AWS_ACCESS_KEY_ID"));
    }
  }
}

TEST_F(S3Rights, say_that_there_is_no_such_bucket) {
  const auto address = BucketAddress::make("nowhere", ceph().url(), "us-east-1", Addressing::path).value();
  S3Client client(
      real_transport(), std::make_unique<CredentialCache>(environment_credentials([](const std::string& name) {
        return std::optional(name == "AWS_ACCESS_KEY_ID" ? ceph().owner().access_key : ceph().owner().secret_key);
      })),
      {"nowhere", "us-east-1", address});
  const auto facts = S3Objects(client).head(ctx(), "k");
  EXPECT_FALSE(facts && *facts);
  const auto listed = S3Objects(client).list(ctx(), "", "", [](const S3ObjectPage&) { return Result<>(); });
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code, Errc::invalid_argument);
  EXPECT_THAT(listed.error().message, HasSubstr("no bucket nowhere"));
}

TEST_F(S3Rights, say_that_there_is_no_more_room) {
  const auto account = ceph().make_user_with_quota("small", 200'000);
  ASSERT_EQ(lab::s3_call(ceph().url(), account, "PUT", "/of-small").status, 200);
  auto address = BucketAddress::make("of-small", ceph().url(), "us-east-1", Addressing::path).value();
  const auto client = std::make_shared<S3Client>(
      real_transport(), std::make_unique<CredentialCache>(environment_credentials([&](const std::string& name) {
        return name == "AWS_SESSION_TOKEN"
                   ? std::nullopt
                   : std::optional(name == "AWS_ACCESS_KEY_ID" ? account.access_key : account.secret_key);
      })),
      S3ClientOptions{"of-small", "us-east-1", std::move(address)});
  const auto store = make_s3_store(client, bucket_.options());
  ASSERT_TRUE(bring(ctx(), *store, small_));
  for (const auto& bytes : {some_bytes(8 * unit), some_bytes(4 * unit - 1)}) {
    const auto outcome = bring(ctx(), *store, bytes);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::no_space) << outcome.error().message;
    EXPECT_EQ(bytes_in(ctx(), *store, descriptor_of(bytes).digest), "(absent)");
  }
  EXPECT_EQ(bytes_in(ctx(), *store, descriptor_of(small_).digest), small_);
}

}  // namespace
}  // namespace regtool
