#pragma once
// Adds the registry's credential to requests, and answers its challenges.

#include <regtool/auth.hpp>

#include "engine/registry_access.hpp"
#include "engine/transfer_settings.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace regtool {

// A Transport for one registry. The credential goes to requests to the registry's own origin and to no other. A 401
// from there is answered by the registry's Authenticator, once for all requests that wait, and the request is sent
// again; the caller sees a 401 only when that did not help. What other origins answer is passed on as it is. A GET or
// HEAD beside the API (/v2/) gets the credential only once it was asked for.
class AuthorizingTransport final : public Transport {
 public:
  // What `access` points to outlives this. `patience` is for each answer of a token endpoint.
  explicit AuthorizingTransport(const RegistryAccess& access,
                                std::chrono::milliseconds patience = TransferSettings{}.patience);

  Result<std::unique_ptr<Response>> send(const Context& ctx, const Request& request) noexcept override;

 private:
  using Held = std::shared_ptr<const Credential>;

  Result<std::unique_ptr<Response>> send_with_credential(const Context& ctx, const Request& request);
  Held current(const Context& ctx);
  Result<Held> renew(const Context& ctx, const Held& refused, const Response& response);
  Result<Held> ask(const Context& ctx, const std::vector<Challenge>& challenges);

  const RegistryAccess& access_;
  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable_any answered_;
  std::atomic<std::uint64_t> accepted_{0};  // requests that were let in with a credential
  bool asking_ = false;
  unsigned asked_ = 0;  // how often
  Held current_;        // null when there is none, or the last answer failed
  std::optional<Error> last_error_;
};

}  // namespace regtool
