#include "test_verifier.hpp"
#include "verify-cng/cng_verifier.hpp"

namespace regtool {

std::unique_ptr<Verifier> make_test_verifier() { return make_cng_verifier().value(); }

}  // namespace regtool
