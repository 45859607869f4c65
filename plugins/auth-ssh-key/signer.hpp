#pragma once

#include <regtool/context.hpp>

#include "key_file.hpp"

#include <string>
#include <string_view>

namespace regtool {

// Whatever holds the secret half of an Ed25519 key. Thread-safe.
class Signer {
 public:
  virtual ~Signer() = default;

  virtual const PublicKey& public_key() const noexcept = 0;

  // The 64 bytes of the signature.
  virtual Result<std::string> sign(const Context& ctx, std::string_view message) noexcept = 0;
};

}  // namespace regtool
