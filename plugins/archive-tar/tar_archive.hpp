#pragma once
// The tar format: POSIX's (ustar, pax) and GNU's to read, POSIX's to write.

#include <regtool/archive.hpp>

#include <memory>

namespace regtool {

std::unique_ptr<Archive> make_tar_archive();

}  // namespace regtool
