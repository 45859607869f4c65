// The twin in memory keeps the contract as the real stores do.

#include "memory_under_test.hpp"

namespace regtool {
namespace {

const StoreBackend backend{"memory", {}, [] { return std::make_unique<MemoryUnderTest>(); }};

INSTANTIATE_TEST_SUITE_P(Memory, StoreSuite, testing::Values(backend), backend_name);
INSTANTIATE_TEST_SUITE_P(Memory, LeftoversSuite, testing::Values(backend), backend_name);
INSTANTIATE_TEST_SUITE_P(Memory, MediumSuite, testing::Values(backend), backend_name);
INSTANTIATE_TEST_SUITE_P(Memory, RefsSuite, testing::Values(backend), backend_name);

}  // namespace
}  // namespace regtool
