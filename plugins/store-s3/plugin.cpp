#include <regtool/plugin.hpp>

#include "s3_leftovers.hpp"
#include "s3_refs.hpp"
#include "s3_store.hpp"
#include "settings.hpp"

#include <cstdlib>

namespace regtool {
namespace {

std::optional<std::string> process_environment(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

Result<Storage> make_storage(const Context& ctx, const Config& config, Host& host) {
  REGTOOL_TRY_ASSIGN(auto settings, read_settings(config, process_environment));
  OptionValues options;
  if (!settings.ca.empty()) options.emplace("ca", settings.ca.string());
  REGTOOL_TRY_ASSIGN(auto* transport, host.transport(ctx, options));
  REGTOOL_TRY_ASSIGN(auto credentials, read_credentials(config, process_environment, *transport));
  auto client = std::make_shared<S3Client>(*transport, std::move(credentials), std::move(settings.client));
  return Storage{make_s3_store(client, settings.store), make_s3_refs(client, settings.store.keys), std::nullopt,
                 make_s3_leftovers(client, settings.store)};
}

void enroll(Registrar& registrar) { registrar.store("s3", s3_options, make_storage); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("store-s3", "0.1.0", regtool::enroll);
