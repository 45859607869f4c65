#include "filesystem_under_test.hpp"
#include "small_disk.hpp"

#include <fstream>

namespace regtool {

void FilesystemUnderTest::damage(const Digest& digest) {
  std::fstream file(blob(digest), std::ios::in | std::ios::out | std::ios::binary);
  const auto first = static_cast<char>(file.get());
  file.seekp(0);
  file.put(static_cast<char>(first ^ 1));
  ASSERT_TRUE(file.flush());
}

namespace {

// On a disk of its own, where the system lets us mount one.
class SmallDiskUnderTest final : public FilesystemUnderTest {
 public:
  bool make_full() override {
    if (!disk_.mounted()) return false;
    std::ofstream filler(root() / "filler", std::ios::binary);
    const std::string piece(4096, 'x');
    while (filler << piece << std::flush) continue;
    return true;
  }

  bool make_read_only() override { return disk_.mounted() && disk_.make_read_only(); }

 private:
  const SmallDisk disk_{root()};
};

// At once where locks can be relied upon; this may run anywhere.
const StoreBackend backend{"filesystem", {.gives_file_regions = true, .abandoned_after = std::chrono::hours(24)}, [] {
                             return std::make_unique<FilesystemUnderTest>();
                           }};

const StoreBackend small_disk{"small_disk", backend.traits, [] { return std::make_unique<SmallDiskUnderTest>(); }};

INSTANTIATE_TEST_SUITE_P(Filesystem, MediumSuite, testing::Values(small_disk), backend_name);
INSTANTIATE_TEST_SUITE_P(Filesystem, StoreSuite, testing::Values(backend), backend_name);
INSTANTIATE_TEST_SUITE_P(Filesystem, LeftoversSuite, testing::Values(backend), backend_name);
INSTANTIATE_TEST_SUITE_P(Filesystem, RefsSuite, testing::Values(backend), backend_name);

}  // namespace
}  // namespace regtool
