#include "verify-cng/cng_verifier.hpp"

#include "verifier_suite.hpp"

namespace regtool {
namespace {

INSTANTIATE_TEST_SUITE_P(Cng, VerifierSuite, testing::Values(make_cng_verifier));

}  // namespace
}  // namespace regtool
