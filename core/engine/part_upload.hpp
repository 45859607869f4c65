#pragma once
// A large blob in parts.

#include "engine/retry.hpp"
#include "engine/toolkit.hpp"
#include "engine/upload_session.hpp"

namespace regtool {

// Offers the parts in order and completes the session. Parts that the registry takes itself go one after the other, and
// go on after a failure from what it has; those that it redirects to its storage are sent side by side.
// Errc::unavailable, among others, when the session is lost: all begins anew then, in another one. `retrier` is
// the blob's: its tries are counted together, whichever session they are made in.
Result<> upload_parts(const Context& ctx, const Toolkit& toolkit, UploadSession& session, const Source& source,
                      std::uint64_t part_size, Transfer& transfer, Retrier& retrier);

}  // namespace regtool
