#include <regtool/plugin.hpp>

#include "poco_transport.hpp"

#include <cstdlib>

namespace regtool {
namespace {

std::optional<std::string> process_environment(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

void enroll(Registrar& registrar) {
  registrar.transport("poco", transport_options, [](const Context&, const Config& config) {
    return make_poco_transport(read_settings(config), process_environment);
  });
}

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("transport-poco", REGTOOL_VERSION, regtool::enroll);
