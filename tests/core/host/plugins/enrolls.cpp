// Enrolls what the build names, in ways that are mostly wrong.

#include <regtool/plugin.hpp>

#include <stdexcept>

namespace regtool {
namespace {

[[maybe_unused]] void auth(Registrar& registrar, std::string_view name) {
  registrar.authenticator(name, {}, [](const Context&, const Config&) -> Result<std::unique_ptr<Authenticator>> {
    return fail(Errc::unsupported, "never made");
  });
}

void enroll([[maybe_unused]] Registrar& registrar) { ENROLL; }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("auth-enrolls", "1.0", regtool::enroll);
