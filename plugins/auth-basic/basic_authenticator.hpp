#pragma once
// HTTP's Basic scheme (RFC 7617).

#include <regtool/auth.hpp>

#include <memory>
#include <optional>

namespace regtool {

// Answers Basic challenges with `login`; without one, says how to give it.
std::unique_ptr<Authenticator> make_basic_authenticator(std::optional<Login> login);

}  // namespace regtool
