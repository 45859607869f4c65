#pragma once
// The endpoints of one repository (OCI distribution specification, "Endpoints"), manifests and existence of blobs.
// The bodies of blobs are in blob_reader.hpp and blob_upload.hpp.

#include <regtool/reference.hpp>
#include <regtool/verify.hpp>

#include "engine/authorizing_transport.hpp"
#include "engine/chunk_sums.hpp"
#include "engine/follow.hpp"
#include "engine/manifest.hpp"
#include "engine/transfer_settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace regtool {

// Thread-safe. Requests that may be repeated are, as the retry policy says; so what comes back as an Error is final.
class RegistryClient {
 public:
  // `access` and `settings` outlive this.
  RegistryClient(const RegistryAccess& access, const TransferSettings& settings, std::string_view repository);

  // Validated, and checked against its digest if the caller or the server names one.
  Result<Manifest> manifest(const Context& ctx, Verifier& verifier, const Reference& name);

  Result<> put_manifest(const Context& ctx, std::string_view tag, const Manifest& manifest);

  Result<bool> has_blob(const Context& ctx, const Digest& digest);

  // The same, but asks once.
  Result<bool> has_blob_now(const Context& ctx, const Digest& digest);

  // Asks once. Many registries do not have this: Errc::not_found.
  Result<std::vector<ChunkSum>> chunk_sums(const Context& ctx, const Descriptor& what);

  // Sends a request once, with the registry's credential where it belongs.
  Transport& authorized() noexcept { return transport_; }

  // For addresses that carry their own permission: never adds a credential, not even where the origin is the
  // registry's.
  Transport& plain() noexcept { return plain_; }

  // Sends a GET or HEAD once and follows where it leads.
  Result<Reached> reach(const Context& ctx, Request request);

  // "https://host:port/v2/<prefix>/<repository>/<rest>"
  std::string url(std::string_view rest) const;
  std::string blob_url(const Digest& digest) const { return url("blobs/" + digest.text()); }

  const TransferSettings& settings() const noexcept { return settings_; }

 private:
  const TransferSettings& settings_;
  Transport& plain_;
  AuthorizingTransport transport_;
  const std::string base_;
};

}  // namespace regtool
