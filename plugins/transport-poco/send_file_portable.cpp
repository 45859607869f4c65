#include "send_file.hpp"

namespace regtool {

Result<std::optional<std::size_t>> send_file(int, std::intptr_t, Range) { return std::nullopt; }

}  // namespace regtool
