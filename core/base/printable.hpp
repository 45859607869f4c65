#pragma once
// Foreign text, made fit for one line of a terminal.

#include <cstddef>
#include <string>
#include <string_view>

namespace regtool {

// `foreign` in at most about `limit` bytes of UTF-8, with nothing in it that could move a cursor, colour a line or turn
// the direction of writing: control and formatting characters become spaces, runs of space become one, and what is not
// UTF-8 becomes '?'.
std::string printable(std::string_view foreign, std::size_t limit = 300);

}  // namespace regtool
