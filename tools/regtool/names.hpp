#pragma once
// Commands that take several names.

#include <regtool/reference.hpp>

#include "session.hpp"

namespace regtool::cli {

// All of them, or the error of the first that is none: nothing is begun when one is mistyped.
inline Result<std::vector<Reference>> parse_names(const std::vector<std::string>& names) {
  std::vector<Reference> references;
  for (const auto& name : names) {
    REGTOOL_TRY_ASSIGN(auto reference, Reference::parse(name));
    references.push_back(std::move(reference));
  }
  return references;
}

// Calls `operation(name)` for each, in order, and goes on after a failure unless the user gave up or the disk is full.
// Reports every error but the last, which it returns.
template <class Operation>
Result<> for_each_name(Session& session, const std::vector<Reference>& names, Operation operation) {
  // A broken config is told once, not once a name.
  REGTOOL_TRY(session.assembly());
  Result<> outcome;
  for (const auto& name : names) {
    Result<> result = operation(name);
    if (result) continue;
    if (!outcome) session.console().report(outcome.error());
    auto error = std::move(result).error();
    const bool says_which = error.message.find(name.display()) != std::string::npos;
    outcome = fail(says_which ? std::move(error) : std::move(error).in(name.display()));
    const auto code = outcome.error().code;
    if (code == Errc::cancelled || code == Errc::no_space) break;
  }
  return outcome;
}

}  // namespace regtool::cli
