#pragma once
// Reads a configuration: JSON (RFC 8259) with comments and trailing commas.

#include <regtool/result.hpp>

#include "host/config_node.hpp"

namespace regtool {

// An object, or with `root` a list. Every problem is an Errc::invalid_argument of the form "SOURCE:LINE:COLUMN: what":
// bad syntax, a key that is there twice, null, more than 1 MiB, or more than 32 levels.
Result<ConfigNode> parse_config(std::string_view text, const Origin& source,
                                ConfigNode::Kind root = ConfigNode::Kind::object);

// The same for a file, to whose folder relative paths in it are relative. Errc::invalid_argument too when it cannot be
// read.
Result<ConfigNode> read_config_file(const std::filesystem::path& file);

}  // namespace regtool
