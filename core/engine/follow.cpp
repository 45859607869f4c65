#include "engine/follow.hpp"

namespace regtool {
namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<Url> next_url(const Url& from, const Response& response) {
  const auto location = response.headers().get("Location");
  if (!location) return fail(Errc::protocol, from.without_query() + ": a redirect without a Location");
  return redirect_target(from, *location);
}

}  // namespace

Result<Url> redirect_target(const Url& from, std::string_view location) {
  auto to = from.resolve(location);
  if (!to) return fail(Errc::protocol, from.without_query() + ": a redirect to a bad URL");
  if (from.is_https() && !to->is_https()) {
    return fail(Errc::protocol, from.without_query() + ": a redirect from https to plain http, to " + to->origin() +
                                    ", is not followed");
  }
  return to;
}

Result<Reached> follow(const Context& ctx, Transport& transport, Request request, unsigned max_redirects) {
  const auto first_url = request.url;
  for (unsigned redirects = 0;; ++redirects) {
    REGTOOL_TRY_ASSIGN(auto response, transport.send(ctx, request));
    if (!is_redirect(response->status())) return Reached{std::move(response), request.url};
    REGTOOL_TRY_ASSIGN(const auto from, Url::parse(request.url));
    if (redirects == max_redirects) {
      return fail(Errc::protocol, Url::parse(first_url)->without_query() + ": more than " +
                                      std::to_string(max_redirects) + " redirects");
    }
    REGTOOL_TRY_ASSIGN(const auto to, next_url(from, *response));
    if (to.origin() != from.origin()) {
      request.headers.remove("Authorization");
      request.headers.remove("Cookie");
    }
    request.url = to.text();
  }
}

}  // namespace regtool
