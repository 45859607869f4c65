#include "remote_credentials.hpp"

#include <regtool/url.hpp>

#include "one_line.hpp"
#include "time_text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fstream>
#include <rapidjson/document.h>

namespace regtool {
namespace {

constexpr std::size_t max_answer = 64 << 10;

constexpr std::string_view container_address = "http://169.254.170.2";
constexpr std::string_view instance_address = "http://169.254.169.254";

// Where secrets may be asked for without TLS.
bool may_be_plain(const std::string& host) {
  constexpr std::array<std::string_view, 6> hosts{"localhost",     "127.0.0.1",      "::1",
                                                  "169.254.170.2", "169.254.170.23", "fd00:ec2::23"};
  return std::ranges::find(hosts, host) != hosts.end();
}

// Its answer, or who did not give one.
Result<std::string> ask(const Context& ctx, Transport& transport, const Request& request) {
  const auto describe = [&](Error error) {
    error.code = Errc::unauthenticated;
    return std::move(error).in("credentials from " + request.url);
  };
  const auto exchange = [&]() -> Result<std::string> {
    REGTOOL_TRY_ASSIGN(const auto response, transport.send(ctx, request));
    if (response->status() != 200)
      return fail(Errc::unauthenticated, fmt::format("it answered {}", response->status()));
    return read_all(*response, max_answer);
  };
  return exchange().map_error(describe);
}

class ContainerCredentials final : public CredentialSource {
 public:
  ContainerCredentials(Environment environment, Transport& transport)
      : environment_(std::move(environment)), transport_(transport) {}

  Result<std::optional<S3Credentials>> load(const Context& ctx) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto url, this->url());
    if (url.empty()) return std::nullopt;
    Request request{.url = url};
    if (const auto token = this->token(); !token.empty()) request.headers.add("Authorization", token);
    REGTOOL_TRY_ASSIGN(const auto answer, ask(ctx, transport_, request));
    return parse_remote_credentials(answer);
  }

 private:
  Result<std::string> url() const {
    if (const auto path = environment_("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
      return std::string(container_address) + *path;
    }
    const auto full = environment_("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (!full) return "";
    const auto url = Url::parse(*full);
    if (!url) return fail(Errc::unauthenticated, "AWS_CONTAINER_CREDENTIALS_FULL_URI: " + url.error().message);
    if (!url->is_https() && !may_be_plain(url->host())) {
      return fail(Errc::unauthenticated, "AWS_CONTAINER_CREDENTIALS_FULL_URI: plain HTTP to " + one_line(url->host()) +
                                             " could be read by others; use https");
    }
    return *full;
  }

  std::string token() const {
    const auto file = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    if (!file) return environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
    std::string token;
    std::getline(std::ifstream(*file), token);
    return token;
  }

  const Environment environment_;
  Transport& transport_;
};

class InstanceCredentials final : public CredentialSource {
 public:
  InstanceCredentials(Environment environment, Transport& transport)
      : environment_(std::move(environment)), transport_(transport) {}

  Result<std::optional<S3Credentials>> load(const Context& ctx) noexcept override {
    const auto address = environment_("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or(std::string(instance_address));
    const auto base = address.substr(0, address.find_last_not_of('/') + 1) + "/latest/";
    REGTOOL_TRY_ASSIGN(const auto token, ask(ctx, transport_,
                                             {.method = Method::put,
                                              .url = base + "api/token",
                                              .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}}}));
    const Headers headers{{"X-aws-ec2-metadata-token", token}};
    const auto roles = base + "meta-data/iam/security-credentials/";
    REGTOOL_TRY_ASSIGN(const auto names, ask(ctx, transport_, {.url = roles, .headers = headers}));
    const auto role = names.substr(0, names.find_first_of("\r\n"));
    if (role.empty()) return fail(Errc::unauthenticated, "this machine has no role");
    REGTOOL_TRY_ASSIGN(const auto answer, ask(ctx, transport_, {.url = roles + role, .headers = headers}));
    return parse_remote_credentials(answer);
  }

 private:
  const Environment environment_;
  Transport& transport_;
};

}  // namespace

Result<S3Credentials> parse_remote_credentials(std::string_view json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  const auto text = [&](const char* name) -> std::string {
    if (document.HasParseError() || !document.IsObject()) return {};
    const auto found = document.FindMember(name);
    if (found == document.MemberEnd() || !found->value.IsString()) return {};
    return {found->value.GetString(), found->value.GetStringLength()};
  };
  S3Credentials credentials{text("AccessKeyId"), text("SecretAccessKey"), text("Token"),
                            parse_iso_time(text("Expiration"))};
  if (credentials.access_key.empty() || credentials.secret_key.empty()) {
    return fail(Errc::unauthenticated, "the service that gives out credentials answered with something else");
  }
  return credentials;
}

std::unique_ptr<CredentialSource> container_credentials(Environment environment, Transport& transport) {
  return std::make_unique<ContainerCredentials>(std::move(environment), transport);
}

std::unique_ptr<CredentialSource> instance_credentials(Environment environment, Transport& transport) {
  return std::make_unique<InstanceCredentials>(std::move(environment), transport);
}

}  // namespace regtool
