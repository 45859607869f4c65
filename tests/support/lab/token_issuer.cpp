#include "token_issuer.hpp"

#include "temp_dir.hpp"

#include <Poco/Crypto/RSAKey.h>
#include <Poco/Crypto/X509Certificate.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JWT/Signer.h>
#include <Poco/JWT/Token.h>
#include <Poco/UUIDGenerator.h>
#include <cstdint>

namespace regtool::lab {
namespace {

// The base64 between the lines of a PEM file: the DER certificate, as the x5c header has it (RFC 7515, section 4.1.6).
std::string x5c_of(const std::filesystem::path& certificate) {
  std::string text = read_file(certificate);
  const std::size_t begin = text.find('\n') + 1;
  text = text.substr(begin, text.find("-----END") - begin);
  std::erase(text, '\n');
  return text;
}

Poco::JSON::Array to_json(const std::vector<Scope>& access) {
  Poco::JSON::Array result;
  for (const Scope& scope : access) {
    Poco::JSON::Array actions;
    for (const std::string& action : scope.actions) actions.add(action);
    Poco::JSON::Object entry;
    entry.set("type", scope.type);
    entry.set("name", scope.name);
    entry.set("actions", actions);
    result.add(entry);
  }
  return result;
}

}  // namespace

struct TokenIssuer::Keys {
  std::string x5c;
  Poco::JWT::Signer signer;
};

TokenIssuer::TokenIssuer(const KeyPair& keys, std::string issuer)
    : keys_(std::make_unique<Keys>()), issuer_(std::move(issuer)) {
  keys_->x5c = x5c_of(keys.certificate);
  keys_->signer.setRSAKey(new Poco::Crypto::RSAKey("", keys.key.string()));
}

TokenIssuer::~TokenIssuer() = default;

std::string TokenIssuer::issue(const std::string& subject, const std::string& service, const std::vector<Scope>& access,
                               std::chrono::seconds lifetime) const {
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  Poco::JSON::Array chain;
  chain.add(keys_->x5c);
  Poco::JWT::Token token;
  token.setType("JWT");
  token.header().set("x5c", chain);
  token.setIssuer(issuer_);
  token.setSubject(subject);
  token.setAudience(service);
  token.setId(Poco::UUIDGenerator::defaultGenerator().createOne().toString());
  // Poco's own setters write fractions of a second, which the registry refuses.
  token.payload().set("iat", now);
  token.payload().set("nbf", now - 5);
  token.payload().set("exp", now + lifetime.count());
  token.payload().set("access", to_json(access));
  return keys_->signer.sign(token, Poco::JWT::Signer::ALGO_RS256);
}

}  // namespace regtool::lab
