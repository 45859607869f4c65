#include "tar_archive.hpp"

#include "tar_reader.hpp"
#include "tar_writer.hpp"

namespace regtool {
namespace {

class TarArchive final : public Archive {
 public:
  Result<std::unique_ptr<ArchiveReader>> reader(ByteInput& in) noexcept override { return make_tar_reader(in); }
  Result<std::unique_ptr<ArchiveWriter>> writer(ByteOutput& out) noexcept override { return make_tar_writer(out); }
};

}  // namespace

std::unique_ptr<Archive> make_tar_archive() { return std::make_unique<TarArchive>(); }

}  // namespace regtool
