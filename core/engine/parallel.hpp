#pragma once

#include <regtool/context.hpp>

#include <cstddef>
#include <functional>

namespace regtool {

// Calls `work` for each index below `count`, on up to `workers` threads, and returns when all have returned. The first
// failure is the result; it stops the Context that the others were given, and no further index is begun.
Result<> parallel_for(const Context& ctx, std::size_t count, unsigned workers,
                      const std::function<Result<>(const Context&, std::size_t)>& work);

}  // namespace regtool
