#pragma once

#include <regtool/archive.hpp>

#include <memory>

namespace regtool {

Result<std::unique_ptr<ArchiveWriter>> make_tar_writer(ByteOutput& out);

}  // namespace regtool
