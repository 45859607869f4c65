#pragma once
// Following redirects: our own rules instead of a library's.

#include <regtool/transport.hpp>
#include <regtool/url.hpp>

#include <string>
#include <string_view>

namespace regtool {

// The answer at the end of the redirects, and the URL that gave it.
struct Reached {
  std::unique_ptr<Response> response;
  std::string url;
};

// Sends a GET or HEAD and follows 301, 302, 303, 307 and 308, but never from https to http. `transport` decides which
// origin gets a credential; an Authorization or Cookie header of `request` itself does not leave the first origin.
Result<Reached> follow(const Context& ctx, Transport& transport, Request request, unsigned max_redirects);

// What a Location in the answer of `from` means. Errc::protocol for a bad URL, or one that leads from https to http.
Result<Url> redirect_target(const Url& from, std::string_view location);

}  // namespace regtool
