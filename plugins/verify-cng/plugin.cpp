#include <regtool/plugin.hpp>

#include "cng_verifier.hpp"

namespace regtool {
namespace {

void enroll(Registrar& registrar) {
  registrar.verifier("cng", {}, [](const Context&, const Config&) { return make_cng_verifier(); });
}

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("verify-cng", "0.1.0", regtool::enroll);
