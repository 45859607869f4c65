#pragma once
// A certificate authority made for one test.

#include <filesystem>
#include <string>

namespace regtool::lab {

// A certificate and its private key, as PEM files.
struct KeyPair {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

enum class KeyType { p256, rsa2048 };

// A key with a certificate that it signed itself, as `<name>.pem` and `<name>.key` in `folder`.
KeyPair make_self_signed(const std::filesystem::path& folder, const std::string& name, KeyType type = KeyType::p256);

class PrivateCa {
 public:
  // Keeps its files in `folder`.
  explicit PrivateCa(const std::filesystem::path& folder);

  // What clients have to trust.
  const std::filesystem::path& certificate() const noexcept { return authority_.certificate; }

  // For a server at 127.0.0.1 and localhost.
  KeyPair issue(const std::string& name) const;

 private:
  std::filesystem::path folder_;
  KeyPair authority_;
};

}  // namespace regtool::lab
