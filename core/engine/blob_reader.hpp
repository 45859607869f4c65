#pragma once
// The bytes of one blob at a registry, wherever the registry sends us for them.

#include "engine/registry_client.hpp"

#include <mutex>
#include <string>

namespace regtool {

// A body that is about to be read.
struct BlobStream {
  std::unique_ptr<Response> response;
  std::uint64_t first = 0;  // the position in the blob of the next byte that the body gives
};

// Opens parts of a blob. Remembers the URL that a redirect led to, until that stops working. Thread-safe.
class BlobReader {
 public:
  // `client` outlives this.
  BlobReader(RegistryClient& client, Descriptor what) : client_(client), what_(std::move(what)) {}

  // Asks once for a range of the blob. A server that ignores ranges gives the whole blob: the stream's `first` is then
  // 0. Errc::not_found when the registry does not have it; Errc::protocol when its size is not the manifest's;
  // Errc::unavailable, among others, when the range is not the one that was asked for, or when a remembered URL has
  // expired: the next try asks the registry again.
  Result<BlobStream> open(const Context& ctx, Range range);

 private:
  Result<BlobStream> accept(const Context& ctx, Range range, Reached reached);
  std::string location() const;
  void remember(std::string url);
  void forget(const std::string& url);
  bool refused_for_the_first_time();

  RegistryClient& client_;
  const Descriptor what_;
  mutable std::mutex mutex_;
  std::string location_;      // empty: ask the registry
  bool was_refused_ = false;  // at an address that the registry had just given
};

// All bytes of a small blob, checked against its digest. Tries again as the retry policy says.
Result<std::string> read_small_blob(const Context& ctx, RegistryClient& client, Verifier& verifier,
                                    const Descriptor& what);

}  // namespace regtool
