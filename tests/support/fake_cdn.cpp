#include "fake_cdn.hpp"

#include <fmt/format.h>
#include <utility>

namespace regtool {
namespace {

HttpReply refuse(int status, std::string_view code) {
  return {.status = status,
          .headers = {{"Content-Type", "application/xml"}},
          .body = fmt::format("<?xml version=\"1.0\"?><Error><Code>{}</Code></Error>", code)};
}

}  // namespace

std::string FakeCdn::sign(const std::string& method, const std::string& path, const std::string& asked) {
  const std::lock_guard lock(mutex_);
  // Characters that a careless client would normalise, and break the signature with.
  const auto target = fmt::format("{}?X-Expires={}&X-Credential=a%2Fb%2f~c+d&X-Signature=secret{:04}", path,
                                  options_.lifetime.count(), ++signed_);
  grants_[method + ' ' + target] = {0, now() + options_.lifetime};
  return (options_.origin.empty() ? asked : options_.origin) + target;
}

std::optional<HttpReply> FakeCdn::refusal(const HttpRequest& request) {
  if (request.headers.get("Authorization")) return refuse(400, "InvalidArgument");
  const std::lock_guard lock(mutex_);
  const auto grant = grants_.find(request.method + ' ' + request.target);
  if (grant == grants_.end()) return refuse(403, "SignatureDoesNotMatch");
  if (now() >= grant->second.until) return refuse(403, "AccessDenied");
  if (options_.uses != 0 && grant->second.uses >= options_.uses) return refuse(403, "AccessDenied");
  ++grant->second.uses;
  if (request.method != "PUT") return std::nullopt;
  for (const auto& [name, value] : options_.headers) {
    if (request.header(name) != value) return refuse(403, "SignatureDoesNotMatch");
  }
  return std::nullopt;
}

void FakeCdn::expire_all() {
  const std::lock_guard lock(mutex_);
  grants_.clear();
}

std::chrono::steady_clock::time_point FakeCdn::now() const {
  return options_.clock ? options_.clock->now() : std::chrono::steady_clock::time_point();
}

}  // namespace regtool
