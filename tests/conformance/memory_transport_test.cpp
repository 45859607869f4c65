#include "transport_suite.hpp"

namespace regtool {
namespace {

INSTANTIATE_TEST_SUITE_P(Memory, TransportSuite, testing::Values(in_memory()));

}  // namespace
}  // namespace regtool
