#pragma once
// What Poco throws, as an Error in words that a person understands.

#include <regtool/error.hpp>

namespace Poco {
class Exception;
}

namespace regtool {

// The meaning of an errno of a socket: Errc::unavailable.
Error socket_error(int code);

// Errc::forbidden where the other side refuses us by a TLS alert; else Errc::unavailable.
Error network_error(const Poco::Exception& exception);

}  // namespace regtool
