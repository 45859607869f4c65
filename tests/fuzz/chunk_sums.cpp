#include "engine/chunk_sums.hpp"

#include "fuzz.hpp"

// What is accepted covers the blob exactly.
void regtool::fuzz(std::string_view input) {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{150}, ~std::uint64_t{0}}) {
    const auto sums = parse_chunk_sums(input, size);
    if (!sums) {
      require(sums.error().message.find('\n') == std::string::npos);
      continue;
    }
    std::uint64_t end = 0;
    for (const auto& [digest, range] : *sums) {
      require(range.first == end && !range.empty() && range.end() > end);
      end = range.end();
    }
    require(end == size);
  }
}
