#include "glob.hpp"

#include "base/ascii.hpp"

namespace regtool::cli {
namespace {

// Goes back to the last '*' only: what an earlier one took need never be reconsidered.
bool matches_glob(std::string_view pattern, std::string_view name) noexcept {
  std::size_t p = 0, n = 0;
  std::size_t star = std::string_view::npos, taken = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || to_lower(pattern[p]) == to_lower(name[n]))) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

bool matches(std::string_view pattern, std::string_view name) noexcept {
  if (pattern.find_first_of("*?") != std::string_view::npos) return matches_glob(pattern, name);
  return equal_ignoring_case(pattern, name.substr(0, pattern.size()));
}

}  // namespace regtool::cli
