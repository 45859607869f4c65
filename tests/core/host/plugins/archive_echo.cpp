// A format that nothing is of.

#include <regtool/plugin.hpp>

namespace regtool {
namespace {

class EchoArchive final : public Archive {
 public:
  Result<std::unique_ptr<ArchiveReader>> reader(ByteInput&) noexcept override {
    return fail(Errc::unsupported, "echo has no archives");
  }
  Result<std::unique_ptr<ArchiveWriter>> writer(ByteOutput&) noexcept override {
    return fail(Errc::unsupported, "echo has no archives");
  }
};

Result<std::unique_ptr<Archive>> make_archive(const Context&, const Config&) { return std::make_unique<EchoArchive>(); }

void enroll(Registrar& registrar) { registrar.archive("echo", {}, make_archive); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("archive-echo", "1.2.3", regtool::enroll);
