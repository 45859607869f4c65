#pragma once
// Names to addresses, without losing the way back to a stop: the system's resolver cannot be interrupted.

#include <regtool/context.hpp>

#include "wait.hpp"

#include <Poco/Net/IPAddress.h>
#include <string>
#include <vector>

namespace regtool {

// Every address of `host`, in the order of preference of RFC 8305: families alternate, IPv6 first where both are there.
// A lookup that outlasts its caller goes on by itself and ends with the resolver's own timeout.
Result<std::vector<Poco::Net::IPAddress>> resolve(const Context& ctx, const std::string& host,
                                                  const Deadline& deadline);

}  // namespace regtool
