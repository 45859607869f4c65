#include "request_head.hpp"

#include <Poco/String.h>

namespace regtool {
namespace {

// A token (RFC 9110, section 5.6.2).
bool is_name(std::string_view name) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  for (const char c : name) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!alnum && others.find(c) == others.npos) return false;
  }
  return !name.empty();
}

bool is_value(std::string_view value) { return value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos; }

bool is_framing(const std::string& name) {
  return Poco::icompare(name, "Content-Length") == 0 || Poco::icompare(name, "Transfer-Encoding") == 0;
}

bool wants_length(Method method) { return method == Method::post || method == Method::put || method == Method::patch; }

}  // namespace

Range body_range(const Request& request) {
  if (request.body == nullptr) return {};
  return request.body_range.length > 0 ? request.body_range : Range{0, request.body->size()};
}

Result<std::string> request_head(const Request& request, const Url& url, const Proxy* proxy) {
  std::string head(to_string(request.method));
  const auto add = [&head](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  head.append(" ").append(proxy != nullptr ? url.origin() : "").append(url.target()).append(" HTTP/1.1\r\n");
  if (!request.headers.get("Host")) add("Host", url.origin().substr(url.origin().find("//") + 2));
  if (!request.headers.get("User-Agent")) add("User-Agent", "regtool/" REGTOOL_VERSION);
  for (const auto& [name, value] : request.headers) {
    if (!is_name(name) || !is_value(value)) {
      return fail(Errc::invalid_argument, "the header field \"" + (is_name(name) ? name : "?") + "\" cannot be sent");
    }
    if (!is_framing(name)) add(name, value);
  }
  if (request.body != nullptr || wants_length(request.method)) {
    add("Content-Length", std::to_string(body_range(request).length));
  }
  if (proxy != nullptr && !proxy->authorization.empty()) add("Proxy-Authorization", proxy->authorization);
  return head + "\r\n";
}

}  // namespace regtool
