#pragma once
// What somebody who mistyped a name probably meant.

#include <span>
#include <string>
#include <string_view>

namespace regtool {

// The one of `known` that is the fewest typing mistakes away from `typed`, or "" when none is near enough to be meant.
std::string_view nearest(std::string_view typed, std::span<const std::string_view> known);

// The end of a message about an unknown name: "; did you mean "root"?", or the known names when none is near.
std::string did_you_mean(std::string_view typed, std::span<const std::string_view> known);

}  // namespace regtool
