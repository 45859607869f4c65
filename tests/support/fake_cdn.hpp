#pragma once
// Signed URLs, as object stores hand them out: good for one method and one target, byte for byte, for a while.

#include <regtool/context.hpp>

#include "http_handler.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace regtool {

struct CdnOptions {
  std::string origin{};                          // "" is that of whoever is redirected
  bool ranges = true;                            // false: answers 200 and everything
  unsigned uses = 0;                             // of one URL, before it has expired; 0 is no limit
  std::chrono::seconds lifetime{600};            // of one URL, on the clock
  const Clock* clock = nullptr;                  // null: time does not pass
  std::map<std::string, std::string> headers{};  // that a signed PUT must bring
};

// Thread-safe.
class FakeCdn {
 public:
  explicit FakeCdn(CdnOptions options) : options_(std::move(options)) {}

  // An absolute URL for `method` on `path`, on this CDN or else on `asked`.
  std::string sign(const std::string& method, const std::string& path, const std::string& asked);

  // Why the request is not served, if it is not: 400 for credentials that belong elsewhere, 403 for a URL that was not
  // signed like this, or has expired.
  std::optional<HttpReply> refusal(const HttpRequest& request);

  // From now on every URL signed so far is refused.
  void expire_all();

  const CdnOptions& options() const noexcept { return options_; }
  void set_origin(std::string origin) { options_.origin = std::move(origin); }

 private:
  struct Grant {
    unsigned uses = 0;
    std::chrono::steady_clock::time_point until;
  };
  std::chrono::steady_clock::time_point now() const;

  CdnOptions options_;
  std::mutex mutex_;
  std::map<std::string, Grant> grants_;  // by method and target
  unsigned signed_ = 0;
};

}  // namespace regtool
