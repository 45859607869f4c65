#pragma once
// A value or an Error. An absent thing is a value (std::optional or a null pointer); only a failure is an Error.

#include <regtool/error.hpp>

#include <tl/expected.hpp>

namespace regtool {

template <class T = void>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::nullopt});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace regtool

#define REGTOOL_CONCAT_(a, b) a##b
#define REGTOOL_CONCAT(a, b) REGTOOL_CONCAT_(a, b)

// Returns the error of `expression`, if it has one.
#define REGTOOL_TRY(expression)                                    \
  do {                                                             \
    if (auto&& regtool_result_ = (expression); !regtool_result_) { \
      return ::tl::unexpected(std::move(regtool_result_).error()); \
    }                                                              \
  } while (false)

// Declares or assigns `lhs` from the value of `expression`, or returns its error:
// `REGTOOL_TRY_ASSIGN(auto size, file.size());`
#define REGTOOL_TRY_ASSIGN(lhs, expression) \
  REGTOOL_TRY_ASSIGN_(REGTOOL_CONCAT(regtool_result_, __LINE__), lhs, expression)
#define REGTOOL_TRY_ASSIGN_(result, lhs, expression)               \
  auto result = (expression);                                      \
  if (!result) return ::tl::unexpected(std::move(result).error()); \
  lhs = std::move(*result)
