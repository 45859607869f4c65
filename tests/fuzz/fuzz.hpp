#pragma once
// What each fuzz target defines: libFuzzer's entry, and a check that ends the run.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace regtool {

void fuzz(std::string_view input);

inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace regtool

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  regtool::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
