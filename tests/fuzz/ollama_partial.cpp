#include "common/ollama_partial.hpp"

#include "fuzz.hpp"

void regtool::fuzz(std::string_view input) {
  if (const auto range = parse_ollama_part(input)) require(range->end() >= range->first);
}
