#pragma once
// The check of one option's text form, for those who want to say where that text came from.

#include <regtool/config.hpp>

namespace regtool {

// Errc::invalid_argument says what is expected. The value itself is named only where it is no secret.
Result<> check_option(const Option& option, std::string_view value);

// The row of that name, or an Errc::invalid_argument that names the nearest known one.
Result<const Option*> find_option(std::span<const Option> table, std::string_view name);

}  // namespace regtool
