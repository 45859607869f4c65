#pragma once
// An Ed25519 key that signs by OpenSSL alone, to try the token server without regtool.

#include <memory>
#include <string>
#include <string_view>

namespace regtool {

class SigningKey {
 public:
  SigningKey();
  ~SigningKey();

  // As in authorized_keys: "ssh-ed25519 <base64> <comment>".
  std::string public_line(const std::string& comment) const;

  // The Authorization of a token request to `url`, as docs/protocol.md has it.
  std::string authorization(const std::string& url) const;

 private:
  std::string wire() const;
  std::string sign(std::string_view message) const;

  struct Key;
  std::unique_ptr<Key> key_;
};

}  // namespace regtool
