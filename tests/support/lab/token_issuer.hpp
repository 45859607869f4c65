#pragma once
// JSON Web Tokens as docker-registry wants them.

#include "private_ca.hpp"
#include "token_scope.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace regtool::lab {

class TokenIssuer {
 public:
  // Signs with `keys`, an RSA pair, in the name of `issuer`.
  TokenIssuer(const KeyPair& keys, std::string issuer);
  ~TokenIssuer();

  // A token for `subject` at `service`, good from now for `lifetime`. Thread-safe.
  std::string issue(const std::string& subject, const std::string& service, const std::vector<Scope>& access,
                    std::chrono::seconds lifetime) const;

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::string issuer_;
};

}  // namespace regtool::lab
