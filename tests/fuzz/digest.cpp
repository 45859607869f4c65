#include <regtool/digest.hpp>

#include "fuzz.hpp"

void regtool::fuzz(std::string_view input) {
  const auto digest = Digest::parse(input);
  if (!digest) return;
  require(*Digest::parse(digest->text()) == *digest);
  require(digest->hex().find_first_not_of("0123456789abcdef") == std::string_view::npos);
}
