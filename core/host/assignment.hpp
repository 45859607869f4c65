#pragma once
// The KEY=VALUE of --set.

#include <regtool/result.hpp>

#include "host/config_node.hpp"

namespace regtool {

// "store.root=/srv/models" as a tree that can be merged over a configuration. A key part that has dots itself may be
// quoted (registries."hf.co".insecure=true); the host of a registry need not be. A value that begins with [ or { is
// read as JSON; a list may also be written with commas. Everything in the tree comes from `source` ("--set").
Result<ConfigNode> parse_assignment(std::string_view assignment, const std::string& source);

}  // namespace regtool
