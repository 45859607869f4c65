#pragma once
// A file's bytes to a socket without a copy through this program, where the system can.

#include <regtool/range.hpp>
#include <regtool/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace regtool {

// Hands bytes of `file` to `socket`, which does not block; returns how many it took, 0 when it is full. Nothing when
// that cannot be had here: no such call, not with this file, or the file is at fault, which whoever reads it the common
// way will be told. Otherwise as socket_error() says.
Result<std::optional<std::size_t>> send_file(std::intptr_t socket, std::intptr_t file, Range part);

}  // namespace regtool
