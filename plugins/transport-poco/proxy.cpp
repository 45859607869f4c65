#include "proxy.hpp"

#include <regtool/encoding.hpp>

#include "no_proxy.hpp"

#include <Poco/Exception.h>
#include <Poco/String.h>
#include <Poco/URI.h>

namespace regtool {
namespace {

// A variable that is set, and what it is called. Lower case wins, as with curl.
struct Setting {
  std::string name, value;
};

Setting read(const Environment& environment, std::initializer_list<const char*> names) {
  for (const std::string name : names) {
    for (const auto& spelling : {name, Poco::toUpper(name)}) {
      if (const auto value = environment(spelling); value && !value->empty()) return {spelling, *value};
    }
  }
  return {};
}

// The URL may hold a password, so no message shows it.
Result<std::optional<Proxy>> parse(const Setting& setting) {
  if (setting.value.empty()) return std::nullopt;
  const auto refuse = [&](const std::string& why) { return fail(Errc::invalid_argument, setting.name + ": " + why); };
  const bool has_scheme = setting.value.find("://") != std::string::npos;
  try {
    const Poco::URI uri(has_scheme ? setting.value : "http://" + setting.value);
    if (uri.getScheme() != "http") {
      return refuse("only http:// proxies are supported, not " + uri.getScheme() + "://");
    }
    if (uri.getHost().empty() || uri.getPort() == 0) return refuse("not the URL of a proxy");
    Proxy proxy{uri.getHost(), uri.getPort(), {}};
    if (!uri.getUserInfo().empty()) {
      std::string credentials;
      Poco::URI::decode(uri.getUserInfo(), credentials);
      proxy.authorization = "Basic " + to_base64(as_bytes(credentials));
    }
    return proxy;
  } catch (const Poco::Exception&) {
    return refuse("not the URL of a proxy");
  }
}

}  // namespace

Result<ProxyRules> ProxyRules::make(const std::string& option, const Environment& environment) {
  ProxyRules rules;
  if (option == "none") return rules;
  if (!option.empty()) {
    REGTOOL_TRY_ASSIGN(rules.for_http_, parse({"proxy", option}));
    rules.for_https_ = rules.for_http_;
    return rules;
  }
  REGTOOL_TRY_ASSIGN(rules.for_http_, parse(read(environment, {"http_proxy", "all_proxy"})));
  REGTOOL_TRY_ASSIGN(rules.for_https_, parse(read(environment, {"https_proxy", "all_proxy"})));
  rules.no_proxy_ = read(environment, {"no_proxy"}).value;
  return rules;
}

std::optional<Proxy> ProxyRules::choose(const Url& url) const {
  if (bypasses_proxy(no_proxy_, url.host(), url.port())) return std::nullopt;
  return url.is_https() ? for_https_ : for_http_;
}

}  // namespace regtool
