// A verifier that knows no algorithm.

#include <regtool/plugin.hpp>

namespace regtool {
namespace {

class EchoVerifier final : public Verifier {
 public:
  Result<std::unique_ptr<Hasher>> begin(std::string_view algorithm) noexcept override {
    return fail(Errc::unsupported, std::string(algorithm));
  }
};

Result<std::unique_ptr<Verifier>> make_verifier(const Context&, const Config&) {
  return std::make_unique<EchoVerifier>();
}

void enroll(Registrar& registrar) { registrar.verifier("echo", {}, make_verifier); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("verify-echo", "1.2.3", regtool::enroll);
