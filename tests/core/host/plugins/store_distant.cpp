// A store that cannot be reached, and tells what it was lent.

#include <regtool/plugin.hpp>

namespace regtool {
namespace {

constexpr Option store_options[] = {
    {"option", OptionType::text, "", "An option of the transport, "},
    {"value", OptionType::text, "", "and what it is to be."},
};

Result<Storage> make_store(const Context& ctx, const Config& config, Host& host) {
  if (config.text("option") == "verifier") {
    REGTOOL_TRY(host.verifier(ctx));
    return fail(Errc::unavailable, "lent: a verifier");
  }
  REGTOOL_TRY_ASSIGN(auto* transport, host.transport(ctx, {{config.text("option"), config.text("value")}}));
  REGTOOL_TRY(transport->send(ctx, {}));
  return Storage{};
}

void enroll(Registrar& registrar) { registrar.store("distant", store_options, make_store); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("store-distant", "1.2.3", regtool::enroll);
