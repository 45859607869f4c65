#include "ollama_storage.hpp"

namespace regtool {
namespace {

void enroll(Registrar& registrar) { registrar.store("filesystem", ollama_storage_options, make_ollama_storage); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("store-filesystem", "0.1.0", regtool::enroll);
