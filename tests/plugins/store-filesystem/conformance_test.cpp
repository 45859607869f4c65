#include "filesystem_under_test.hpp"

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

const StoreBackend backend{"filesystem", filesystem_traits, [] { return std::make_unique<FilesystemUnderTest>(); }};

INSTANTIATE_TEST_SUITE_P(Filesystem, StoreSuite, testing::Values(backend), backend_name);
INSTANTIATE_TEST_SUITE_P(Filesystem, LeftoversSuite, testing::Values(backend), backend_name);
INSTANTIATE_TEST_SUITE_P(Filesystem, RefsSuite, testing::Values(backend), backend_name);

}  // namespace
}  // namespace regtool
