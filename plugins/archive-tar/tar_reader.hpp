#pragma once

#include <regtool/archive.hpp>

#include <memory>

namespace regtool {

Result<std::unique_ptr<ArchiveReader>> make_tar_reader(ByteInput& in);

}  // namespace regtool
