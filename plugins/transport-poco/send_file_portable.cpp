#include "send_file.hpp"

namespace regtool {

Result<std::optional<std::size_t>> send_file(std::intptr_t, std::intptr_t, Range) { return std::nullopt; }

}  // namespace regtool
