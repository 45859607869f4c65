// The store keeps the contract on a real service.

#include "store_suite.hpp"
#include "test_bucket.hpp"

namespace regtool {
namespace {

class S3UnderTest final : public StoreUnderTest {
 public:
  S3UnderTest() { reopen(); }

  Store& store() override { return *store_; }
  Refs& refs() override { return *refs_; }
  Leftovers* leftovers() override { return leftovers_.get(); }

  void reopen() override {
    store_.reset();
    refs_.reset();
    store_ = make_s3_store(bucket_.client(), bucket_.options());
    refs_ = make_s3_refs(bucket_.client(), bucket_.options().keys);
    leftovers_ = make_s3_leftovers(bucket_.client(), bucket_.options());
  }

  void damage(const Digest& digest) override {
    const auto key = bucket_.options().keys.blob(digest);
    auto bytes = bucket_.call("GET", key).body;
    bytes[0] = static_cast<char>(bytes[0] ^ 1);
    ASSERT_EQ(bucket_.call("PUT", key, bytes).status, 200);
  }

 private:
  const TestBucket bucket_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Refs> refs_;
  std::unique_ptr<Leftovers> leftovers_;
};

const StoreBackend backend{"ceph", {.readers_outlive_removal = false, .unit = TestBucket::part_size}, [] {
                             return std::make_unique<S3UnderTest>();
                           }};

INSTANTIATE_TEST_SUITE_P(S3, StoreSuite, testing::Values(backend), backend_name);
INSTANTIATE_TEST_SUITE_P(S3, LeftoversSuite, testing::Values(backend), backend_name);
INSTANTIATE_TEST_SUITE_P(S3, RefsSuite, testing::Values(backend), backend_name);

}  // namespace
}  // namespace regtool
