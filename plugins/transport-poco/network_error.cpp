#include "network_error.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/SSLException.h>
#include <Poco/String.h>
#include <string_view>
#include <system_error>

namespace regtool {
namespace {

// "error:0A000086:SSL routines::certificate verify failed" without all but its last part.
std::string tls_reason(const std::string& message) {
  const auto colon = message.rfind(':');
  return colon == message.npos ? message : message.substr(colon + 1);
}

// Alerts that say that we are not welcome, and will not be next time either (RFC 8446, section 6.2).
bool is_refusal(std::string_view reason) {
  if (reason.find("alert") == reason.npos) return false;
  for (const std::string_view word : {"certificate", "unknown ca", "access denied", "handshake failure", "version"}) {
    if (reason.find(word) != reason.npos) return true;
  }
  return false;
}

}  // namespace

Error socket_error(int code) { return {Errc::unavailable, Poco::toLower(std::generic_category().message(code))}; }

Error network_error(const Poco::Exception& exception) {
  if (dynamic_cast<const Poco::Net::SSLException*>(&exception) != nullptr) {
    const auto reason = tls_reason(exception.message());
    if (reason == "wrong version number" || reason == "http request") {
      return {Errc::protocol, "the server does not speak TLS (" + reason +
                                  "); if it is meant to be plain HTTP, allow " + "that with --insecure"};
    }
    if (is_refusal(reason)) return {Errc::forbidden, "TLS refused: " + reason};
    return {Errc::unavailable, reason.empty() ? "the TLS connection broke" : reason};
  }
  if (exception.code() > 0) return socket_error(exception.code());
  return {Errc::unavailable, Poco::toLower(exception.displayText())};
}

}  // namespace regtool
