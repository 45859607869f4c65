// Where things are, and how they are cut: buckets, keys, parts, times.

#include "store-s3/bucket_address.hpp"
#include "store-s3/part_plan.hpp"
#include "store-s3/store_keys.hpp"
#include "store-s3/time_text.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

struct AddressRow {
  std::string bucket, endpoint, region;
  Addressing addressing;
  std::string url;  // of the key "a b/c:1"
};

TEST(BucketAddress, says_under_which_url_a_key_is_found) {
  using enum Addressing;
  const std::string key = "a%20b/c%3A1";
  for (const auto& row : std::vector<AddressRow>{
           {"models", "", "us-east-1", automatic, "https://models.s3.us-east-1.amazonaws.com/"},
           {"models", "", "cn-north-1", automatic, "https://models.s3.cn-north-1.amazonaws.com.cn/"},
           {"a.dot", "", "eu-west-1", automatic, "https://s3.eu-west-1.amazonaws.com/a.dot/"},
           {"Capital", "", "eu-west-1", automatic, "https://s3.eu-west-1.amazonaws.com/Capital/"},
           {"models", "", "eu-west-1", path, "https://s3.eu-west-1.amazonaws.com/models/"},
           {"models", "http://127.0.0.1:9000", "us-east-1", automatic, "http://127.0.0.1:9000/models/"},
           {"models", "http://ceph.lan/", "us-east-1", virtual_host, "http://models.ceph.lan/"},
           {"models", "https://gate.test:8443/s3/", "x", path, "https://gate.test:8443/s3/models/"},
           {"models", "https://gate.test/s3", "x", virtual_host, "https://models.gate.test/s3/"}}) {
    const auto address = BucketAddress::make(row.bucket, row.endpoint, row.region, row.addressing);
    ASSERT_TRUE(address) << address.error().message;
    EXPECT_EQ(address->origin() + address->path_of("a b/c:1"), row.url + key);
  }
}

TEST(BucketAddress, names_the_host_that_is_signed) {
  EXPECT_EQ(BucketAddress::make("models", "http://h.test:81/x", "r", Addressing::virtual_host)->host(),
            "models.h.test:81");
  EXPECT_EQ(BucketAddress::make("models", "http://h.test:81/x", "r", Addressing::path)->host(), "h.test:81");
}

TEST(BucketAddress, refuses_what_cannot_be) {
  for (const std::string bucket : {"", "ab", "a/b", "../x", "a b", "b?x", ".abc", "a..b"}) {
    EXPECT_EQ(BucketAddress::make(bucket, "", "r", Addressing::automatic).error().code, Errc::invalid_argument)
        << bucket;
  }
  for (const std::string endpoint : {"ceph.lan", "ftp://x", "http://h?x=1", "http://u:p@h", "http://h#x"}) {
    EXPECT_EQ(BucketAddress::make("abc", endpoint, "r", Addressing::automatic).error().code, Errc::invalid_argument)
        << endpoint;
  }
  EXPECT_FALSE(BucketAddress::make("abc", "", "us east", Addressing::automatic));
  EXPECT_FALSE(BucketAddress::make("a.b.c", "", "us-east-1", Addressing::virtual_host));
}

TEST(StoreKeys, lie_as_in_ollamas_own_store) {
  const auto digest = Digest::parse("sha256:" + std::string(64, 'a')).value();
  EXPECT_EQ(StoreKeys("").blob(digest), "blobs/sha256-" + std::string(64, 'a'));
  for (const std::string prefix : {"team/models", "team/models/", "/team/models"}) {
    EXPECT_EQ(StoreKeys(prefix).manifests(), "team/models/manifests/");
    EXPECT_EQ(StoreKeys(prefix).unfinished(digest, "x"), "team/models/.regtool/staging/" + std::string(64, 'a') + "/x");
  }
}

TEST(StoreKeys, are_read_back_in_our_spelling_alone) {
  const StoreKeys keys("p");
  const auto digest = Digest::parse("sha256:" + std::string(64, 'a')).value();
  EXPECT_EQ(keys.blob_in(keys.blob(digest)), digest);
  EXPECT_EQ(keys.verified_in(keys.verified(digest)), digest);
  for (const auto& key : {"p/blobs/sha256-" + std::string(64, 'A'), "p/blobs/sha256-" + std::string(63, 'a'),
                          "p/blobs/sha256-" + std::string(64, 'a') + "/x", "blobs/sha256-" + std::string(64, 'a')}) {
    EXPECT_FALSE(keys.blob_in(key)) << key;
  }
}

TEST(PartPlan, covers_the_blob_with_parts_of_one_size) {
  const auto plan = PartPlan::make(250, 64).value();
  EXPECT_EQ(plan.count(), 4u);
  EXPECT_EQ(plan.part(0), (Range{0, 64}));
  EXPECT_EQ(plan.part(3), (Range{192, 58}));
  EXPECT_EQ(plan.index_at(191), 2u);
  EXPECT_EQ(plan.index_at(192), 3u);
  EXPECT_EQ(PartPlan::make(0, 64)->count(), 1u);
  EXPECT_EQ(PartPlan::make(64, 64)->count(), 1u);
  EXPECT_EQ(PartPlan::make(65, 64)->count(), 2u);
}

TEST(PartPlan, makes_parts_larger_rather_than_too_many) {
  constexpr std::uint64_t mib = 1 << 20, tib = std::uint64_t{1} << 40;
  EXPECT_EQ(PartPlan::make(160'000 * mib, 16 * mib)->part_size(), 16 * mib);
  for (const auto size : {160'000 * mib + 1, tib, 5 * tib}) {
    const auto plan = PartPlan::make(size, 16 * mib);
    ASSERT_TRUE(plan);
    EXPECT_LE(plan->count(), 10'000u);
    EXPECT_GT(plan->count(), 9'000u);
    EXPECT_EQ(plan->part_size() % 64, 0u);
    EXPECT_EQ(plan->part(plan->count() - 1).end(), size);
  }
  EXPECT_EQ(PartPlan::make(5 * tib + 1, 16 * mib).error().code, Errc::unsupported);
}

TEST(TimeText, reads_the_date_of_an_answer) {
  EXPECT_EQ(parse_date_header("Fri, 24 May 2013 00:00:00 GMT"), system_clock::time_point(seconds(1369353600)));
  for (const std::string text :
       {"", "Fri, 24 May 2013 00:00:00 UTC", "Fri, 24 Mai 2013 00:00:00 GMT", "Fri, 32 May 2013 00:00:00 GMT",
        "Fri, 24 May 2013 24:00:00 GMT", "Friday, 24-May-13 00:00:00 GMT", "Fri, 24 May 2013 00:00:0x GMT"}) {
    EXPECT_FALSE(parse_date_header(text)) << text;
  }
}

TEST(TimeText, reads_the_time_of_a_listing) {
  const system_clock::time_point expected(seconds(1369353601));
  EXPECT_EQ(parse_iso_time("2013-05-24T00:00:01.000Z"), expected);
  EXPECT_EQ(parse_iso_time("2013-05-24T00:00:01Z"), expected);
  for (const std::string text :
       {"", "2013-05-24", "2013-13-24T00:00:01Z", "2013-05-24T00:00:01+02:00", "2262-05-24T00:00:01Z"}) {
    EXPECT_FALSE(parse_iso_time(text)) << text;
  }
}

}  // namespace
}  // namespace regtool
