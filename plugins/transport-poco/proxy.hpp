#pragma once
// Which proxy, if any, a request goes through: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, or an option.

#include <regtool/result.hpp>
#include <regtool/url.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace regtool {

struct Proxy {
  std::string host;  // IPv6 without brackets
  std::uint16_t port = 0;
  std::string authorization;  // a value for Proxy-Authorization; empty: none
};

// Reads one variable of the environment.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Immutable.
class ProxyRules {
 public:
  // `option` is empty (the environment decides), "none", or the URL of a proxy for everything.
  // Errc::invalid_argument for a proxy that is not an http:// URL or host:port.
  static Result<ProxyRules> make(const std::string& option, const Environment& environment);

  std::optional<Proxy> choose(const Url& url) const;

 private:
  std::optional<Proxy> for_http_, for_https_;
  std::string no_proxy_;
};

}  // namespace regtool
