// And so does the one that is far away. It needs a verifier that can go on with a hash.

#include "memory_under_test.hpp"

namespace regtool {
namespace {

constexpr std::size_t unit = 64'000;

const StoreBackend backend{"distant_memory", {.unit = unit}, [] {
                             return std::make_unique<MemoryUnderTest>(MemoryDisk::Distance{5 * unit, unit});
                           }};

INSTANTIATE_TEST_SUITE_P(DistantMemory, StoreSuite, testing::Values(backend), backend_name);
INSTANTIATE_TEST_SUITE_P(DistantMemory, LeftoversSuite, testing::Values(backend), backend_name);
INSTANTIATE_TEST_SUITE_P(DistantMemory, MediumSuite, testing::Values(backend), backend_name);

}  // namespace
}  // namespace regtool
