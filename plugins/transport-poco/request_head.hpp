#pragma once
// The first lines of a request as they go out (RFC 9112, section 3): what was asked for, byte for byte.

#include <regtool/result.hpp>
#include <regtool/transport.hpp>
#include <regtool/url.hpp>

#include "proxy.hpp"

#include <cstdint>
#include <string>

namespace regtool {

// The part of the body that goes out.
Range body_range(const Request& request);

// Up to and with the empty line. Where `proxy` is set the target is in absolute form. The caller's Host and User-Agent
// replace the defaults; how the body is framed is not the caller's to say.
// Errc::invalid_argument for a header field with characters that would end it.
Result<std::string> request_head(const Request& request, const Url& url, const Proxy* proxy);

}  // namespace regtool
