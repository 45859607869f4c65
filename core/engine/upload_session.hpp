#pragma once
// The messages of one blob upload (OCI distribution specification, "Pushing blobs", with Ollama's extensions).
// Each is sent once; what to do about failures is blob_upload.hpp's concern.

#include <regtool/source.hpp>
#include <regtool/url.hpp>

#include "engine/progress_board.hpp"
#include "engine/registry_client.hpp"

#include <optional>
#include <string>
#include <vector>

namespace regtool {

// An upload that the registry has opened. Used by one thread at a time, but for put_part().
class UploadSession {
 public:
  // Nothing: the registry has the blob already, or mounted it from the repository `from` (which may be empty).
  static Result<std::optional<UploadSession>> begin(const Context& ctx, RegistryClient& client, const Descriptor& what,
                                                    const std::string& from);

  // The registry wants the whole body at an address of its own.
  bool is_direct() const noexcept { return direct_url_.has_value(); }

  // The least size of a part that the registry takes; 0 when it does not say.
  std::uint64_t min_part_size() const noexcept { return min_part_size_; }

  // The whole blob in one request, which also completes the upload.
  Result<> put_whole(const Context& ctx, const Source& source, Transfer& transfer);

  // The whole blob to the address that the registry gave. complete() is to follow.
  Result<> put_direct(const Context& ctx, const Source& source, Transfer& transfer);

  // Offers a part. Nothing: the registry took it. Else the URL to which put_part() sends it.
  Result<std::optional<std::string>> patch(const Context& ctx, const Source& source, Range range, Transfer& transfer);

  // Sends a part to storage behind the registry, without a credential. Thread-safe.
  Result<> put_part(const Context& ctx, const std::string& url, const Source& source, Range range,
                    Transfer& transfer) const;

  // How many bytes the registry has of this upload. Errc::not_found when it has forgotten it.
  Result<std::uint64_t> received(const Context& ctx);

  // `etag` may be empty.
  Result<> complete(const Context& ctx, const std::string& etag);

 private:
  UploadSession(RegistryClient& client, Descriptor what, Url url)
      : client_(&client), what_(std::move(what)), url_(std::move(url)) {}

  Result<> move_on(const Response& response);

  RegistryClient* client_;
  Descriptor what_;
  Url url_;  // changes with every answer
  std::optional<std::string> direct_url_;
  Headers direct_headers_;
  std::uint64_t min_part_size_ = 0;
};

}  // namespace regtool
