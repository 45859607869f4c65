#pragma once
// Patterns for names.

#include <string_view>

namespace regtool::cli {

// '*' is any text, '?' one character; case does not matter. A pattern without either is a prefix, as in Ollama's list.
bool matches(std::string_view pattern, std::string_view name) noexcept;

}  // namespace regtool::cli
