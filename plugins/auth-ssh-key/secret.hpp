#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace regtool {

// Bytes that are wiped when they are no longer needed. Moves only, so that no copy is left behind.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::size_t size) : bytes_(size == 0 ? nullptr : new char[size]()), size_(size) {}
  Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }

  // Copies `text`, and wipes it.
  static Secret take(std::string&& text);

  char* data() noexcept { return bytes_.get(); }
  std::string_view view() const noexcept { return {bytes_.get(), size_}; }

  // Gives up what is past `size`, which is at most what there is.
  void shrink(std::size_t size) noexcept;

 private:
  void wipe() noexcept;
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

// Wipes a string in place.
void wipe(std::string& text) noexcept;

}  // namespace regtool
