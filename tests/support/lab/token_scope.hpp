#pragma once
// Scopes of the distribution project's token specification: "repository:ns/model:pull,push".

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace regtool::lab {

struct Scope {
  std::string type;  // "repository"
  std::string name;
  std::set<std::string> actions;

  bool operator==(const Scope&) const = default;
};

// Reads any number of scopes separated by spaces. What is not one is left out.
std::vector<Scope> parse_scopes(std::string_view text);

// What is left of `asked` for someone who may do `allowed`: the access that a token is issued for.
std::vector<Scope> grant(const std::vector<Scope>& asked, const std::set<std::string>& allowed);

}  // namespace regtool::lab
