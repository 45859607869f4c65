#pragma once
// TLS on top of a connected socket: whom to trust, who we are, and sessions that save a handshake's work.

#include <regtool/context.hpp>

#include "settings.hpp"
#include "wait.hpp"

#include <Poco/Net/Context.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/Session.h>
#include <map>
#include <mutex>
#include <string>

namespace regtool {

// Thread-safe.
class Tls {
 public:
  explicit Tls(const TlsSettings& settings) : settings_(settings) {}
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  // Loads the system's certificates and the files named in the settings, unless that was done. They take a while to
  // load, and are not needed for plain HTTP. Errc::invalid_argument names the file that cannot be used.
  Result<> load();

  // Errc::forbidden where `host` does not prove who it is; or unavailable, timeout, cancelled.
  Result<Poco::Net::SecureStreamSocket> handshake(const Context& ctx, const Poco::Net::StreamSocket& socket,
                                                  const std::string& host, std::uint16_t port,
                                                  const Deadline& deadline);

  // Keeps the session of a connection that works for the next one to the same place.
  void remember(const Poco::Net::StreamSocket& socket, const std::string& host, std::uint16_t port);

 private:
  struct Handshake;
  static int verify_certificate(X509_STORE_CTX* store, void* self);
  Handshake* handshake_on(int fd);  // null if there is none
  Result<Poco::Net::Context::Ptr> make_context();
  Poco::Net::Session::Ptr session(const std::string& place);

  const TlsSettings settings_;
  std::mutex mutex_;
  Poco::Net::Context::Ptr context_;
  std::map<int, Handshake*> handshakes_;  // by socket: all that OpenSSL's callback knows of the connection
  std::map<std::string, Poco::Net::Session::Ptr> sessions_;
};

}  // namespace regtool
