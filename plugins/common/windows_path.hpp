#pragma once
// Paths as the functions of Windows want them.

#include "local_file.hpp"

namespace regtool::local {

// The path in the form that may be long, and in which a name means itself.
std::wstring native(const Path& path);

}  // namespace regtool::local
