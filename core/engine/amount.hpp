#pragma once

#include <cstddef>
#include <cstdint>

namespace regtool {

// So many things, and their bytes together.
struct Amount {
  std::size_t count = 0;
  std::uint64_t bytes = 0;

  void add(std::uint64_t size) noexcept {
    ++count;
    bytes += size;
  }
  bool operator==(const Amount&) const = default;
};

}  // namespace regtool
