#include "token_scope.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace regtool::lab {

std::vector<Scope> parse_scopes(std::string_view text) {
  std::vector<Scope> result;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    // A name may hold a colon of its own, so the outer ones count.
    const std::size_t first = word.find(':');
    const std::size_t last = word.rfind(':');
    if (first == last) continue;
    Scope scope{word.substr(0, first), word.substr(first + 1, last - first - 1), {}};
    std::istringstream actions(word.substr(last + 1));
    for (std::string action; std::getline(actions, action, ',');) scope.actions.insert(action);
    result.push_back(std::move(scope));
  }
  return result;
}

std::vector<Scope> grant(const std::vector<Scope>& asked, const std::set<std::string>& allowed) {
  std::vector<Scope> result;
  for (const Scope& scope : asked) {
    Scope granted{scope.type, scope.name, {}};
    std::set_intersection(scope.actions.begin(), scope.actions.end(), allowed.begin(), allowed.end(),
                          std::inserter(granted.actions, granted.actions.end()));
    if (!granted.actions.empty()) result.push_back(std::move(granted));
  }
  return result;
}

}  // namespace regtool::lab
