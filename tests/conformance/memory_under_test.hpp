#pragma once
// The twin in memory, for the suites.

#include "memory_refs.hpp"
#include "memory_store.hpp"
#include "store_suite.hpp"

namespace regtool {

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

}  // namespace regtool
