#pragma once

#include <regtool/result.hpp>

#include "secret.hpp"

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace regtool {

// A private key that OpenSSL holds, and wipes. Thread-safe.
class Ed25519Key {
 public:
  // `seed` has 32 bytes.
  static Result<Ed25519Key> from_seed(const Secret& seed);

  Result<std::string> public_key() const;                    // 32 bytes
  Result<std::string> sign(std::string_view message) const;  // 64 bytes (RFC 8032)

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const noexcept;
  };
  explicit Ed25519Key(evp_pkey_st* key) : key_(key) {}
  std::unique_ptr<evp_pkey_st, Free> key_;
};

}  // namespace regtool
