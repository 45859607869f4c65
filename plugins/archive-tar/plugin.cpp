#include <regtool/plugin.hpp>

#include "tar_archive.hpp"

namespace regtool {
namespace {

Result<std::unique_ptr<Archive>> make_archive(const Context&, const Config&) { return make_tar_archive(); }

void enroll(Registrar& registrar) { registrar.archive("tar", {}, make_archive); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("archive-tar", "0.1.0", regtool::enroll);
