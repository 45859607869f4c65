#pragma once

#include <regtool/auth.hpp>

#include <string_view>
#include <vector>

namespace regtool {

// The challenges of one WWW-Authenticate value, in order (RFC 9110, section 11.6.1). Schemes and parameter names in
// lower case; of a parameter that is repeated the first counts; a token68 is passed over. What makes no sense is
// skipped up to the next comma, so that one odd challenge does not hide the others. `origin` and `realm_trusted` are
// left to the caller.
std::vector<Challenge> parse_challenges(std::string_view value);

// Those of every WWW-Authenticate field.
std::vector<Challenge> parse_challenges(const Headers& headers);

}  // namespace regtool
