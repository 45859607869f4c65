#pragma once
// The distribution project's token flow: https://distribution.github.io/distribution/spec/auth/token/

#include <regtool/auth.hpp>

#include <memory>
#include <optional>

namespace regtool {

// Answers Bearer challenges with a token that the realm issues, to `login` or else to anybody.
std::unique_ptr<Authenticator> make_token_authenticator(std::optional<Login> login);

}  // namespace regtool
