#pragma once
// The verifier that tests use which are not about verifiers: the platform's own.

#include <regtool/verify.hpp>

#include <memory>

namespace regtool {

std::unique_ptr<Verifier> make_test_verifier();

}  // namespace regtool
