#include <regtool/config.hpp>

#include "fuzz.hpp"
#include "host/assignment.hpp"

void regtool::fuzz(std::string_view input) {
  (void)parse_boolean(input);
  (void)parse_integer(input);
  (void)parse_size(input);
  if (const auto duration = parse_duration(input)) require(duration->count() >= 0);
  const auto assigned = parse_assignment(input, "--set");
  if (!assigned) require(assigned.error().message.find('\n') == std::string::npos);
}
