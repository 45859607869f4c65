#pragma once
// Environment variables, passed in so that tests have their own.

#include <cstdlib>
#include <functional>
#include <optional>
#include <string>

namespace regtool {

// The value of a variable; nothing when it is not set, or empty.
using Environment = std::function<std::optional<std::string>(const char* name)>;

inline Environment process_environment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

}  // namespace regtool
