#include "engine/bundle.hpp"

#include "archive-tar/tar_archive.hpp"
#include "base/system_clock.hpp"
#include "fuzz.hpp"
#include "verify-openssl/openssl_verifier.hpp"

namespace {

using namespace regtool;

class Nobody final : public Console {
 public:
  void warn(std::string_view) noexcept override {}
  void debug(std::string_view) noexcept override {}
  Result<std::string> ask_secret(std::string_view) noexcept override { return fail(Errc::unsupported, "nobody"); }
};

void check(const Error& error) {
  require(error.message.find('\n') == std::string::npos && error.code != Errc::internal);
}

}  // namespace

// Whatever an archive says: what is taken for a blob lies in it, and what is taken for a model is one.
void regtool::fuzz(std::string_view input) {
  static const auto archive = make_tar_archive();
  static const auto verifier = make_openssl_verifier().value();
  const SystemClock clock;
  Nobody nobody;
  const Context ctx{{}, clock, nobody};
  const auto bytes = memory_source(std::string(input));
  const auto bundle = Bundle::open(ctx, *archive, *bytes, *verifier);
  if (!bundle) return check(bundle.error());
  for (const auto& [digest, where] : bundle->blobs()) {
    require(where.first <= input.size() && where.length <= input.size() - where.first);
  }
  const auto models = bundle->models({});
  if (!models) return check(models.error());
  for (const auto& model : *models) require(!model.manifest.bytes().empty());
}
