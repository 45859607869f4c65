#include "private_ca.hpp"

#include "process.hpp"

#include <utility>
#include <vector>

namespace regtool::lab {
namespace {

using Words = std::vector<std::string>;

KeyPair request(const std::filesystem::path& folder, const std::string& name, const Words& more) {
  std::filesystem::create_directories(folder);
  KeyPair pair{folder / (name + ".pem"), folder / (name + ".key")};
  Words words = {"openssl", "req",         "-x509",   "-nodes",          "-days", "2",
                 "-subj",   "/CN=" + name, "-keyout", pair.key.string(), "-out",  pair.certificate.string()};
  words.insert(words.end(), more.begin(), more.end());
  run_checked({.words = std::move(words)});
  return pair;
}

Words new_key(KeyType type) {
  if (type == KeyType::rsa2048) return {"-newkey", "rsa:2048"};
  return {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"};
}

}  // namespace

KeyPair make_self_signed(const std::filesystem::path& folder, const std::string& name, KeyType type) {
  return request(folder, name, new_key(type));
}

PrivateCa::PrivateCa(const std::filesystem::path& folder)
    : folder_(folder), authority_(make_self_signed(folder, "authority")) {}

KeyPair PrivateCa::issue(const std::string& name) const {
  Words words = new_key(KeyType::p256);
  const Words more = {
      "-CA",     authority_.certificate.string(),      "-CAkey",  authority_.key.string(),
      "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"};
  words.insert(words.end(), more.begin(), more.end());
  return request(folder_, name, words);
}

}  // namespace regtool::lab
