#include "engine/registry_client.hpp"

#include "base/http_error.hpp"
#include "engine/patient_transport.hpp"
#include "engine/retry.hpp"

namespace regtool {
namespace {

constexpr std::string_view accepted_manifests =
    "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json";

// As often as a blob is.
constexpr unsigned max_refetches = 2;

// Enough for chunks of 8 MiB in more than a terabyte.
constexpr std::size_t max_chunk_sums = 16 << 20;

std::string base_url(const RegistryAccess& access, std::string_view repository) {
  auto base = access.origin + "/v2/";
  if (!access.path_prefix.empty()) base += access.path_prefix + "/";
  return base.append(repository) + "/";
}

// The server says which bytes it means to send: what differs was damaged on the way.
Result<> check_digest(Verifier& verifier, const Response& response, const Reference& name, std::string_view body) {
  auto expected = name.digest();
  if (!expected) {
    auto said = response.headers().get("Docker-Content-Digest");
    if (!said) said = response.headers().get("Ollama-Content-Digest");
    if (said) {
      if (auto parsed = Digest::parse(*said)) expected = std::move(*parsed);
    }
  }
  if (!expected) return {};
  REGTOOL_TRY_ASSIGN(const auto found, digest_of(verifier, body));
  if (found == *expected) return {};
  return fail(Errc::corrupt, "manifest: expected " + expected->text() + ", found " + found.text());
}

}  // namespace

RegistryClient::RegistryClient(const RegistryAccess& access, const TransferSettings& settings,
                               std::string_view repository)
    : settings_(settings),
      plain_(*access.transport),
      transport_(access, settings.patience),
      base_(base_url(access, repository)) {}

std::string RegistryClient::url(std::string_view rest) const { return base_ + std::string(rest); }

Result<Reached> RegistryClient::reach(const Context& ctx, Request request) {
  return follow(ctx, transport_, std::move(request), settings_.redirects);
}

Result<Manifest> RegistryClient::manifest(const Context& ctx, Verifier& verifier, const Reference& name) {
  const auto version = name.digest() ? name.digest()->text() : name.tag();
  const Request request{Method::get, url("manifests/" + version), {{"Accept", std::string(accepted_manifests)}}};
  PatientTransport patient(transport_, settings_.patience);
  unsigned damaged = 0;
  return with_retries(ctx, settings_, [&]() -> Result<Manifest> {
    REGTOOL_TRY_ASSIGN(const auto reached, follow(ctx, patient, request, settings_.redirects));
    auto& response = *reached.response;
    if (response.status() != 200) return fail(http_error(ctx, response));
    REGTOOL_TRY_ASSIGN(auto body, read_all(response, Manifest::max_size).map_error([](Error error) {
      return std::move(error).in("manifest");
    }));
    if (auto good = check_digest(verifier, response, name, body); !good) {
      auto error = std::move(good).error();
      // Damaged on the way: it may arrive whole next time. The registry's own copy will not become any better.
      if (error.code == Errc::corrupt && damaged++ < max_refetches) error.code = Errc::unavailable;
      return fail(std::move(error));
    }
    return Manifest::parse(std::move(body), response.headers().get("Content-Type").value_or(""));
  });
}

Result<> RegistryClient::put_manifest(const Context& ctx, std::string_view tag, const Manifest& manifest) {
  const auto body = memory_source(manifest.bytes());
  Request request{Method::put, url("manifests/" + std::string(tag)), {{"Content-Type", manifest.media_type()}}};
  request.body = body.get();
  return with_retries(ctx, settings_, [&]() -> Result<> {
    REGTOOL_TRY_ASSIGN(const auto response, transport_.send(ctx, request));
    if (response->status() / 100 != 2) return fail(http_error(ctx, *response));
    return {};
  });
}

Result<bool> RegistryClient::has_blob(const Context& ctx, const Digest& digest) {
  return with_retries(ctx, settings_, [&] { return has_blob_now(ctx, digest); });
}

Result<bool> RegistryClient::has_blob_now(const Context& ctx, const Digest& digest) {
  const Request request{Method::head, blob_url(digest), {}};
  REGTOOL_TRY_ASSIGN(const auto reached, reach(ctx, request));
  const auto status = reached.response->status();
  if (status / 100 == 2) return true;
  if (status == 404) return false;
  // Storage behind a registry may refuse a HEAD of a URL that was signed for GET; that it was sent there is the answer.
  if (status / 100 == 4 && Url::parse(reached.url)->origin() != Url::parse(request.url)->origin()) return true;
  return fail(http_error(ctx, *reached.response));
}

Result<std::vector<ChunkSum>> RegistryClient::chunk_sums(const Context& ctx, const Descriptor& what) {
  const Request request{Method::get, url("chunksums/" + what.digest.text()), {}};
  PatientTransport patient(transport_, settings_.patience);
  REGTOOL_TRY_ASSIGN(const auto reached, follow(ctx, patient, request, settings_.redirects));
  if (reached.response->status() != 200) return fail(http_error(ctx, *reached.response));
  REGTOOL_TRY_ASSIGN(const auto body, read_all(*reached.response, max_chunk_sums));
  return parse_chunk_sums(body, what.size);
}

}  // namespace regtool
