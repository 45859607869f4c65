#include "base/http_error.hpp"
#include "fuzz.hpp"

void regtool::fuzz(std::string_view input) {
  const auto words = words_of_error_body(input);
  for (const char c : words) require(static_cast<unsigned char>(c) >= ' ' && c != '\x7f');
}
