#pragma once

#include <regtool/context.hpp>
#include <regtool/source.hpp>
#include <regtool/verify.hpp>

#include <functional>

namespace regtool {

// Reads all of `source` and checks it: Errc::corrupt when the bytes are not those expected. `hashed`, where given,
// hears how many bytes are done.
Result<Verified> hash_source(const Context& ctx, Verifier& verifier, const Descriptor& expected, const Source& source,
                             const std::function<void(std::uint64_t)>& hashed = {});

}  // namespace regtool
