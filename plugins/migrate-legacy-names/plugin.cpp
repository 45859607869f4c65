#include <regtool/plugin.hpp>

#include "legacy_names.hpp"

namespace regtool {
namespace {

void enroll(Registrar& registrar) {
  registrar.migration("legacy-names", {}, [](const Context&, const Config&) -> Result<std::unique_ptr<Migration>> {
    return make_legacy_names();
  });
}

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("migrate-legacy-names", "0.1.0", regtool::enroll);
