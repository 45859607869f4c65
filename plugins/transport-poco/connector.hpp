#pragma once
// A TCP connection to whichever of several addresses answers first.

#include <regtool/context.hpp>

#include "wait.hpp"

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <optional>
#include <vector>

namespace regtool {

// Happy eyeballs (RFC 8305, section 5): begins with the first address, and brings in the next one when the others have
// failed or kept silent for a moment. The socket does not block. Fails as the last of the addresses did.
Result<Poco::Net::StreamSocket> connect_first(const Context& ctx,
                                              const std::vector<Poco::Net::SocketAddress>& addresses,
                                              const Deadline& deadline);

}  // namespace regtool
