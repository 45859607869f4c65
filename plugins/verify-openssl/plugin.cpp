#include <regtool/plugin.hpp>

#include "openssl_verifier.hpp"

namespace regtool {
namespace {

void enroll(Registrar& registrar) {
  registrar.verifier("openssl", {}, [](const Context&, const Config&) { return make_openssl_verifier(); });
}

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("verify-openssl", "0.1.0", regtool::enroll);
