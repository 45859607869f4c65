#pragma once
// What every Verifier must do. A plugin's tests say: INSTANTIATE_TEST_SUITE_P(Openssl, VerifierSuite,
// testing::Values(make_openssl_verifier));

#include <regtool/verify.hpp>

#include <gtest/gtest.h>

namespace regtool {

using MakeVerifier = Result<std::unique_ptr<Verifier>> (*)();

class VerifierSuite : public testing::TestWithParam<MakeVerifier> {
 protected:
  const std::unique_ptr<Verifier> verifier_ = GetParam()().value();
};

}  // namespace regtool
