#include "test_verifier.hpp"

#include "verify-openssl/openssl_verifier.hpp"

namespace regtool {

std::unique_ptr<Verifier> make_test_verifier() { return make_openssl_verifier().value(); }

}  // namespace regtool
