#include "store-filesystem/trust_index.hpp"

#include "fuzz.hpp"
#include "store-filesystem/checked_line.hpp"

void regtool::fuzz(std::string_view input) {
  (void)parse_trust_record(input);
  for_each_checked(input, [](std::string_view text) { (void)parse_trust_record(text); });
}
