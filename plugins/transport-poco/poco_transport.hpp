#pragma once
// HTTP/1.1 and HTTPS over Poco's sockets.

#include <regtool/transport.hpp>

#include "proxy.hpp"
#include "settings.hpp"

#include <memory>

namespace regtool {

// Errc::invalid_argument for a proxy or a file in the settings that cannot be used.
Result<std::unique_ptr<Transport>> make_poco_transport(const TransportSettings& settings,
                                                       const Environment& environment);

}  // namespace regtool
