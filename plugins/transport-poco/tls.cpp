#include "tls.hpp"

#include "network_error.hpp"
#include "system_trust.hpp"

#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace regtool {
namespace {

using Poco::Net::SecureStreamSocket;
using Poco::Net::Session;
using Poco::Net::Socket;

constexpr std::size_t max_sessions = 64;

bool is_address(const std::string& host) {
  Poco::Net::IPAddress address;
  return Poco::Net::IPAddress::tryParse(host, address);
}

std::string place(const std::string& host, std::uint16_t port) { return host + " " + std::to_string(port); }

tl::unexpected<Error> unusable(const std::string& what, const std::filesystem::path& file) {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return fail(Errc::invalid_argument,
              what + " \"" + file.string() + "\" cannot be used: " + (reason != nullptr ? reason : "unreadable"));
}

Error not_trusted(int error) {
  std::string message = "certificate verify failed: ";
  message += X509_verify_cert_error_string(error);
  switch (error) {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      message += " (to trust its issuer, name the issuer's certificate file with the option `ca`)";
      break;
    default:
      break;
  }
  return {Errc::forbidden, message};
}

// No passphrases: a question here would come in the middle of a transfer, from many threads.
int no_passphrase(char*, int, int, void*) { return 0; }

}  // namespace

// What the verification of one handshake starts from, and comes to.
struct Tls::Handshake {
  Handshake(Tls& owner, int socket, const std::string& peer) : tls(owner), fd(socket), host(peer) {
    const std::lock_guard lock(tls.mutex_);
    tls.handshakes_[fd] = this;
  }
  ~Handshake() {
    const std::lock_guard lock(tls.mutex_);
    tls.handshakes_.erase(fd);
  }

  Tls& tls;
  const int fd;
  const std::string& host;
  int error = X509_V_OK;
};

// Poco's own check looks names up in the DNS, lets loopback hosts pass, and cannot say what was wrong; OpenSSL's can
// check the name along with the chain.
int Tls::verify_certificate(X509_STORE_CTX* store, void* self) {
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& tls = *static_cast<Tls*>(self);
  Handshake* const handshake = tls.handshake_on(SSL_get_fd(ssl));
  if (handshake == nullptr) return 0;
  auto* const rules = X509_STORE_CTX_get0_param(store);
  const bool ready = is_address(handshake->host)
                         ? X509_VERIFY_PARAM_set1_ip_asc(rules, handshake->host.c_str()) == 1
                         : X509_VERIFY_PARAM_set1_host(rules, handshake->host.c_str(), handshake->host.size()) == 1;
  const bool good = ready && X509_verify_cert(store) == 1;
  if (!good) handshake->error = ready ? X509_STORE_CTX_get_error(store) : X509_V_ERR_UNSPECIFIED;
  return good ? 1 : 0;
}

Tls::Handshake* Tls::handshake_on(int fd) {
  const std::lock_guard lock(mutex_);
  const auto found = handshakes_.find(fd);
  return found == handshakes_.end() ? nullptr : found->second;
}

Result<Poco::Net::Context::Ptr> Tls::make_context() {
  Poco::Net::Context::Params params;
  params.loadDefaultCAs = true;
  params.cipherList = "DEFAULT";
  params.ecdhCurve = "X25519:P-256:P-384:P-521";  // Poco's own list begins with one that most servers decline
  Poco::Net::Context::Ptr context = new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, params);
  context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
  context->enableSessionCache(true);
  auto* const ssl = context->sslContext();
  trust_system(ssl);
  SSL_CTX_set_verify(ssl, settings_.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (settings_.verify) SSL_CTX_set_cert_verify_callback(ssl, verify_certificate, this);
  SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION);  // a server could ask for one after another
  SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_default_passwd_cb(ssl, no_passphrase);

  ERR_clear_error();
  if (!settings_.ca.empty() && SSL_CTX_load_verify_file(ssl, settings_.ca.string().c_str()) != 1) {
    return unusable("the CA file", settings_.ca);
  }
  if (settings_.client_cert.empty()) {
    if (settings_.client_key.empty()) return context;
    return fail(Errc::invalid_argument, "`client-key` without `client-cert`: both are needed");
  }
  if (SSL_CTX_use_certificate_chain_file(ssl, settings_.client_cert.string().c_str()) != 1) {
    return unusable("the client certificate", settings_.client_cert);
  }
  const auto& key = settings_.client_key.empty() ? settings_.client_cert : settings_.client_key;
  if (SSL_CTX_use_PrivateKey_file(ssl, key.string().c_str(), SSL_FILETYPE_PEM) != 1) {
    return unusable("the client key", key);
  }
  return context;
}

Result<> Tls::load() {
  const std::lock_guard lock(mutex_);
  if (context_) return {};
  REGTOOL_TRY_ASSIGN(context_, make_context());
  return {};
}

Result<SecureStreamSocket> Tls::handshake(const Context& ctx, const Poco::Net::StreamSocket& socket,
                                          const std::string& host, std::uint16_t port, const Deadline& deadline) {
  REGTOOL_TRY(load());
  const Handshake handshake(*this, static_cast<int>(socket.impl()->sockfd()), host);
  try {
    // Server Name Indication is for names only (RFC 6066, section 3).
    auto secure =
        SecureStreamSocket::attach(socket, is_address(host) ? "" : host, context_, session(place(host, port)));
    while (true) {
      ERR_clear_error();
      const int state = secure.completeHandshake();
      if (state == 1) return secure;
      if (state == 0) return fail(Errc::unavailable, "the connection was closed by the other side");
      const bool wants_write = state == SecureStreamSocket::ERR_SSL_WANT_WRITE;
      REGTOOL_TRY(wait_ready(ctx, secure, wants_write ? Socket::SELECT_WRITE : Socket::SELECT_READ, deadline));
    }
  } catch (const Poco::Exception& error) {
    if (handshake.error != X509_V_OK) return fail(not_trusted(handshake.error));
    return fail(network_error(error));
  }
}

Session::Ptr Tls::session(const std::string& place) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(place);
  return found == sessions_.end() ? Session::Ptr() : found->second;
}

void Tls::remember(const Poco::Net::StreamSocket& socket, const std::string& host, std::uint16_t port) {
  auto session = SecureStreamSocket(socket).currentSession();
  const std::lock_guard lock(mutex_);
  if (sessions_.size() >= max_sessions) sessions_.clear();
  sessions_[place(host, port)] = std::move(session);
}

}  // namespace regtool
