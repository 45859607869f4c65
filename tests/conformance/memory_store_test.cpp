// The twin in memory keeps the contract as the real stores do.

#include "memory_store.hpp"

#include "memory_refs.hpp"
#include "store_suite.hpp"

namespace regtool {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
 public:
  explicit MemoryUnderTest(const MemoryDisk::Distance& distance = {}) : disk_(std::make_shared<MemoryDisk>(distance)) {}

  Store& store() override { return *store_; }
  Refs& refs() override { return refs_; }
  Leftovers* leftovers() override { return &leftovers_; }
  void reopen() override { store_ = std::make_unique<MemoryStore>(disk_); }

  bool make_full() override {
    disk_->set_capacity(0);
    return true;
  }
  bool make_read_only() override {
    disk_->make_read_only();
    refs_.make_read_only();
    return true;
  }

  void damage(const Digest& digest) override {
    auto bytes = *disk_->bytes(digest);
    bytes[0] = static_cast<char>(bytes[0] ^ 1);
    disk_->put(digest, std::move(bytes));
  }

 private:
  const std::shared_ptr<MemoryDisk> disk_;
  std::unique_ptr<MemoryStore> store_ = std::make_unique<MemoryStore>(disk_);
  MemoryRefs refs_;
  MemoryLeftovers leftovers_{disk_};
};

const StoreBackend near{"near", {}, [] { return std::make_unique<MemoryUnderTest>(); }};

constexpr std::size_t unit = 64'000;
const StoreBackend far{"far", {.unit = unit}, [] {
                         return std::make_unique<MemoryUnderTest>(MemoryDisk::Distance{5 * unit, unit});
                       }};

INSTANTIATE_TEST_SUITE_P(Memory, StoreSuite, testing::Values(near, far), backend_name);
INSTANTIATE_TEST_SUITE_P(Memory, LeftoversSuite, testing::Values(near, far), backend_name);
INSTANTIATE_TEST_SUITE_P(Memory, MediumSuite, testing::Values(near, far), backend_name);
INSTANTIATE_TEST_SUITE_P(Memory, RefsSuite, testing::Values(near), backend_name);

}  // namespace
}  // namespace regtool
