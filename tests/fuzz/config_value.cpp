#include <regtool/config.hpp>

#include "fuzz.hpp"
#include "host/assignment.hpp"

namespace {

template <class T>
void check(const regtool::Result<T>& parsed) {
  if (!parsed) regtool::require(parsed.error().message.find('\n') == std::string::npos);
}

}  // namespace

void regtool::fuzz(std::string_view input) {
  check(parse_boolean(input));
  check(parse_integer(input));
  check(parse_size(input));
  const auto duration = parse_duration(input);
  check(duration);
  if (duration) require(duration->count() >= 0);
  check(parse_assignment(input, "--set"));
}
