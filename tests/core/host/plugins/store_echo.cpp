// A store of which there is only the folder.

#include <regtool/plugin.hpp>

namespace regtool {
namespace {

constexpr Option store_options[] = {
    {"root", OptionType::path, "~/.ollama/models", "Where everything is."},
};

Result<Storage> make_store(const Context&, const Config& config, Host&) {
  return Storage{nullptr, nullptr, config.path("root"), nullptr};
}

void enroll(Registrar& registrar) { registrar.store("echo", store_options, make_store); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("store-echo", "1.2.3", regtool::enroll);
