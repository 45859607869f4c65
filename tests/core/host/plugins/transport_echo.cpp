// A transport that tells with which options it was made.

#include <regtool/plugin.hpp>

namespace regtool {
namespace {

constexpr Option transport_options[] = {
    {"ca", OptionType::path, "", "Whom to trust, besides the system."},
    {"tls-verify", OptionType::boolean, "true", "Whether to check certificates."},
    {"client-cert", OptionType::path, "", "Who we are."},
    {"connections", OptionType::integer, "1", "How many to keep."},
    {"timeout", OptionType::duration, "20s", "How long to wait."},
};

class EchoTransport final : public Transport {
 public:
  explicit EchoTransport(std::string told) : told_(std::move(told)) {}
  Result<std::unique_ptr<Response>> send(const Context&, const Request&) noexcept override {
    return fail(Errc::unsupported, told_);
  }

 private:
  std::string told_;
};

Result<std::unique_ptr<Transport>> make_transport(const Context&, const Config& config) {
  return std::make_unique<EchoTransport>(
      "ca=" + config.path("ca").string() + " tls-verify=" + config.text("tls-verify") +
      " timeout=" + config.text("timeout") + " connections=" + config.text("connections"));
}

void enroll(Registrar& registrar) { registrar.transport("echo", transport_options, make_transport); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("transport-echo", "1.2.3", regtool::enroll);
