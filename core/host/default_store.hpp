#pragma once

#include <string_view>

namespace regtool {

// The store that is laid out as Ollama's own on this platform.
std::string_view default_store() noexcept;

}  // namespace regtool
