#include "common/trust_index.hpp"

#include "common/checked_line.hpp"
#include "fuzz.hpp"

void regtool::fuzz(std::string_view input) {
  (void)parse_trust_record(input);
  for_each_checked(input, [](std::string_view text) { (void)parse_trust_record(text); });
}
