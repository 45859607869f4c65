#include "engine/authorizing_transport.hpp"

#include <regtool/url.hpp>

#include "base/challenge.hpp"
#include "base/wait_until.hpp"
#include "engine/patient_transport.hpp"

#include <algorithm>
#include <utility>

namespace regtool {
namespace {

// A token that is about to expire would be refused by the time it arrives.
constexpr std::chrono::seconds expiry_margin{5};

// How often in a row a request may be refused while nobody else is let in either. A token may be good for fewer uses
// than there are requests at once: each of those has to win the race for one.
constexpr int max_refusals = 4;

bool has_origin(const std::string& url, const std::string& origin) {
  const auto parsed = Url::parse(url);
  return parsed && parsed->origin() == origin;
}

// Where a registry's redirect leads on its own origin beside its API: storage that takes a signed URL for permission
// enough, and may refuse a request that brings a credential as well.
bool is_for_storage(const Request& request) {
  const bool reads = request.method == Method::get || request.method == Method::head;
  return reads && !Url::parse(request.url)->target().starts_with("/v2/");
}

bool is_trusted(const RegistryAccess& access, std::string_view realm) {
  const auto url = Url::parse(realm);
  if (!url) return false;
  if (url->origin() == access.origin) return true;
  return std::any_of(access.trusted_realms.begin(), access.trusted_realms.end(),
                     [&](const std::string& trusted) { return has_origin(trusted, url->origin()); });
}

std::vector<Challenge> challenges_of(const RegistryAccess& access, const Response& response) {
  auto challenges = parse_challenges(response.headers());
  for (auto& challenge : challenges) {
    challenge.origin = access.origin;
    challenge.realm_trusted = is_trusted(access, challenge.param("realm"));
  }
  return challenges;
}

}  // namespace

AuthorizingTransport::AuthorizingTransport(const RegistryAccess& access, std::chrono::milliseconds patience)
    : access_(access), patience_(patience) {}

Result<std::unique_ptr<Response>> AuthorizingTransport::send(const Context& ctx, const Request& request) noexcept {
  if (!has_origin(request.url, access_.origin)) return access_.transport->send(ctx, request);
  return send_with_credential(ctx, request);
}

Result<std::unique_ptr<Response>> AuthorizingTransport::send_with_credential(const Context& ctx,
                                                                             const Request& request) {
  auto held = is_for_storage(request) ? nullptr : current(ctx);
  auto accepted_before = accepted_.load();
  const auto deadline = ctx.clock.now() + patience_;
  int refusals = 0;
  while (true) {
    auto authorized = request;
    if (held) authorized.headers.set("Authorization", held->authorization);
    REGTOOL_TRY_ASSIGN(auto response, access_.transport->send(ctx, authorized));
    if (response->status() != 401) {
      if (held) ++accepted_;
      return response;
    }
    const auto accepted = accepted_.load();
    refusals = std::exchange(accepted_before, accepted) == accepted ? refusals + 1 : 1;
    if (access_.authenticator == nullptr || refusals > max_refusals || ctx.clock.now() > deadline) return response;
    const auto refused = held;
    REGTOOL_TRY_ASSIGN(held, renew(ctx, held, *response));
    // Sending a refused password again helps nobody, and may lock the account.
    if (!held || (refused && refused->authorization == held->authorization)) return response;
  }
}

AuthorizingTransport::Held AuthorizingTransport::current(const Context& ctx) {
  const std::lock_guard lock(mutex_);
  if (current_ && current_->expires < ctx.clock.now() + expiry_margin) current_ = nullptr;
  return current_;
}

// Null when there is nothing to answer.
Result<AuthorizingTransport::Held> AuthorizingTransport::renew(const Context& ctx, const Held& refused,
                                                               const Response& response) {
  auto challenges = challenges_of(access_, response);
  if (challenges.empty()) return Held();
  {
    std::unique_lock lock(mutex_);
    const auto asked_before = asked_;
    if (!wait_until(answered_, lock, ctx.stop, [&] { return !asking_; })) return fail(Errc::cancelled, "cancelled");
    // Somebody else has got an answer since this request was sent, or has just failed to.
    if (current_ && current_ != refused) return current_;
    if (asked_ != asked_before && last_error_) return fail(*last_error_);
    asking_ = true;
  }
  auto answer = ask(ctx, challenges);
  {
    const std::lock_guard lock(mutex_);
    asking_ = false;
    ++asked_;
    current_ = answer ? *answer : nullptr;
    last_error_ = answer ? std::optional<Error>() : answer.error();
  }
  answered_.notify_all();
  return answer;
}

// The first challenge that the authenticator understands decides.
Result<AuthorizingTransport::Held> AuthorizingTransport::ask(const Context& ctx,
                                                             const std::vector<Challenge>& challenges) {
  Error unanswered{Errc::unauthenticated, access_.origin + " asks for no scheme that is known", std::nullopt};
  PatientTransport plain(*access_.transport, patience_);
  for (const auto& challenge : challenges) {
    ctx.console.debug("answering the " + challenge.scheme + " challenge of " + access_.origin);
    auto credential = access_.authenticator->answer(ctx, challenge, plain);
    if (credential) return std::make_shared<const Credential>(std::move(*credential));
    unanswered = std::move(credential).error();
    if (unanswered.code != Errc::unsupported) break;
  }
  if (unanswered.code == Errc::unsupported) unanswered.code = Errc::unauthenticated;
  return fail(std::move(unanswered).in("log in to " + access_.origin));
}

}  // namespace regtool
