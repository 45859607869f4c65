#include "secret.hpp"

#include <cstring>
#include <openssl/crypto.h>

namespace regtool {

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret Secret::take(std::string&& text) {
  Secret secret(text.size());
  if (!text.empty()) std::memcpy(secret.data(), text.data(), text.size());
  regtool::wipe(text);
  return secret;
}

void Secret::shrink(std::size_t size) noexcept {
  OPENSSL_cleanse(bytes_.get() + size, size_ - size);
  size_ = size;
}

void Secret::wipe() noexcept {
  if (bytes_) OPENSSL_cleanse(bytes_.get(), size_);
}

void wipe(std::string& text) noexcept {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace regtool
