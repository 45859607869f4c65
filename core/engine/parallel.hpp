#pragma once

#include <regtool/context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>

namespace regtool {

// Calls `work` for each index below `count`, on up to `workers` threads, and returns when all have returned. The first
// failure is the result; it stops the Context that the others were given, and no further index is begun. Begins with a
// few threads, and has as many as workers_worth_having() says once the first call has returned.
Result<> parallel_for(const Context& ctx, std::size_t count, unsigned workers,
                      const std::function<Result<>(const Context&, std::size_t)>& work);

// How many operations to have under way at once, of `most` that are allowed, where the fastest until now took
// `fastest`. A peer nearby is kept busy by a few, and more only get into each other's way; one that is far away answers
// none of them sooner, so there must be many.
unsigned workers_worth_having(std::chrono::nanoseconds fastest, unsigned most);

}  // namespace regtool
