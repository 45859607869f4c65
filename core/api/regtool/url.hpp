#pragma once
// Absolute http and https URLs (RFC 3986), kept byte for byte: a signed URL that is normalised is no longer signed.

#include <regtool/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace regtool {

class Url {
 public:
  // Errc::invalid_argument for another scheme, user info, an empty host, a bad port, white space or control characters.
  static Result<Url> parse(std::string_view text);

  // The URL exactly as it was parsed.
  const std::string& text() const noexcept { return text_; }

  bool is_https() const noexcept { return https_; }
  const std::string& host() const noexcept { return host_; }  // lower case, without the brackets of an IPv6 literal
  std::uint16_t port() const noexcept { return port_; }       // the scheme's own where none is written

  // "scheme://host:port", the default port left out: who a credential belongs to (RFC 6454).
  const std::string& origin() const noexcept { return origin_; }

  // What goes into a request line: path and query as written, at least "/", without the fragment.
  std::string target() const;

  // What `reference`, from a Location or Link header of this URL's response, means: absolute, or relative to this URL.
  Result<Url> resolve(std::string_view reference) const;

  // For messages: without the query and the fragment, which may hold a signature.
  std::string without_query() const;

 private:
  Url() = default;
  std::string text_, host_, origin_;
  std::size_t target_at_ = 0;  // where path, query and fragment begin in text_
  std::uint16_t port_ = 0;
  bool https_ = true;
};

// Pairs as application/x-www-form-urlencoded, in the order given ("a=1&b=x+y").
using QueryPairs = std::vector<std::pair<std::string, std::string>>;
std::string encode_query(const QueryPairs& pairs);

// The query of `url` decoded, in the order written; a '+' is a space.
QueryPairs decode_query(const Url& url);

// `url` with `encoded` appended to its query ('?' or '&' as needed). Drops a fragment.
std::string with_query(const Url& url, std::string_view encoded);

}  // namespace regtool
