#pragma once
// The NO_PROXY convention, as Go's clients read it, which is what users of registries know.

#include <cstdint>
#include <string_view>

namespace regtool {

// True if `host` (lower case, IPv6 without brackets) is to be reached directly. `no_proxy` is a list separated by
// commas or white space of: "*"; a host, which covers what is below it too; ".domain" or "*.domain", which covers only
// what is below; an address; a network as "10.0.0.0/8". All but networks may end with ":port".
bool bypasses_proxy(std::string_view no_proxy, std::string_view host, std::uint16_t port);

}  // namespace regtool
