#include "credentials.hpp"

namespace regtool {
namespace {

// Loaded anew so long before they expire: a request may be under way for a while.
constexpr std::chrono::minutes spare_time{2};

class EnvironmentCredentials final : public CredentialSource {
 public:
  explicit EnvironmentCredentials(Environment environment) : environment_(std::move(environment)) {}

  Result<std::optional<S3Credentials>> load(const Context&) noexcept override {
    auto access_key = environment_("AWS_ACCESS_KEY_ID");
    auto secret_key = environment_("AWS_SECRET_ACCESS_KEY");
    if (!access_key && !secret_key) return std::nullopt;
    if (!access_key || !secret_key) {
      return fail(Errc::unauthenticated,
                  std::string("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together, and ") +
                      (access_key ? "the second" : "the first") + " is not set");
    }
    return S3Credentials{
        std::move(*access_key), std::move(*secret_key), environment_("AWS_SESSION_TOKEN").value_or(""), {}};
  }

 private:
  const Environment environment_;
};

}  // namespace

std::unique_ptr<CredentialSource> environment_credentials(Environment environment) {
  return std::make_unique<EnvironmentCredentials>(std::move(environment));
}

Result<std::optional<S3Credentials>> CredentialCache::get(const Context& ctx) {
  if (!source_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (kept_ && (!kept_->expires || *kept_->expires - spare_time > ctx.clock.wall_time())) return kept_;
  REGTOOL_TRY_ASSIGN(kept_, source_->load(ctx));
  if (!kept_) {
    return fail(Errc::unauthenticated,
                "there are no credentials for the bucket; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write a "
                "profile into ~/.aws/credentials");
  }
  return kept_;
}

void CredentialCache::forget(const S3Credentials& refused) {
  const std::lock_guard lock(mutex_);
  if (kept_ && kept_->access_key == refused.access_key && kept_->token == refused.token) kept_.reset();
}

}  // namespace regtool
