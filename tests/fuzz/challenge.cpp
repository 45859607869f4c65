#include "base/challenge.hpp"

#include "fuzz.hpp"

void regtool::fuzz(std::string_view input) {
  for (const auto& challenge : parse_challenges(input)) {
    require(!challenge.scheme.empty());
    (void)realm_of(challenge);
    (void)token_query(challenge);
  }
}
