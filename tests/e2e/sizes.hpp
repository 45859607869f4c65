#pragma once
// How big the models of the end-to-end tests are: REGTOOL_TEST_SIZE is small, large or nothing.

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace regtool {

struct Sizes {
  std::uint64_t weights;  // bytes of one big blob
  unsigned tensors;       // how many small ones
};

inline Sizes sizes() {
  const char* value = std::getenv("REGTOOL_TEST_SIZE");
  const std::string_view name = value == nullptr ? "" : value;
  if (name == "small") return {8U << 20, 40};
  if (name == "large") return {1678447520U, 2000};  // the weights of gemma:2b
  return {64U << 20, 300};
}

}  // namespace regtool
