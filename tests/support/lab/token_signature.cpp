#include "token_signature.hpp"

#include <regtool/encoding.hpp>

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <openssl/evp.h>
#include <optional>
#include <sstream>

namespace regtool::lab {
namespace {

// base64(hex(sha256(""))): the digest of the empty body.
constexpr std::string_view empty_body =
    "ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NQ==";
constexpr auto freshness = std::chrono::minutes(5);

// The comment of the registered key, or nothing for a key that is not registered.
std::optional<std::string> find_key(const std::filesystem::path& authorized_keys, const std::string& base64) {
  std::ifstream lines(authorized_keys);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string type, key, comment;
    words >> type >> key >> std::ws;
    std::getline(words, comment);
    if (type == "ssh-ed25519" && key == base64) return comment.empty() ? "a key without a name" : comment;
  }
  return std::nullopt;
}

bool is_fresh(const std::string& timestamp, std::chrono::system_clock::time_point now) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
  if (error != std::errc() || end != timestamp.data() + timestamp.size()) return false;
  const std::int64_t here = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  return std::abs(here - seconds) <= std::chrono::seconds(freshness).count();
}

}  // namespace

bool signature_holds(std::string_view wire, std::string_view message, std::string_view signature) {
  // string "ssh-ed25519", string of 32 bytes; a string is its length in four bytes and then its bytes.
  constexpr std::string_view prefix("\0\0\0\x0bssh-ed25519\0\0\0\x20", 19);
  constexpr std::size_t key_size = 32;
  if (wire.size() != prefix.size() + key_size || !wire.starts_with(prefix)) return false;
  const auto bytes = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(wire.substr(prefix.size())), key_size),
      EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return key && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(message), message.size()) == 1;
}

SignatureCheck::Answer SignatureCheck::check(const SignedRequest& request, std::chrono::system_clock::time_point now) {
  const std::size_t colon = request.authorization.find(':');
  if (colon == std::string::npos) return {false, "the authorization is not <public key>:<signature>"};
  const std::string key = request.authorization.substr(0, colon);
  const Result<std::string> wire = from_base64(key);
  const Result<std::string> signature = from_base64(request.authorization.substr(colon + 1));
  if (!wire || !signature) return {false, "the authorization is not base64"};

  const std::string message = "GET," + request.url + "," + std::string(empty_body);
  if (!signature_holds(*wire, message, *signature)) return {false, "the signature does not fit the URL and the key"};
  if (!is_fresh(request.timestamp, now)) return {false, "the timestamp is too old, too new or not a number"};
  const std::optional<std::string> who = find_key(authorized_keys_, key);
  if (!who) return {false, "the public key is not registered"};

  const std::lock_guard lock(mutex_);
  std::erase_if(nonces_, [now](const auto& entry) { return entry.second < now; });
  if (request.nonce.empty()) return {false, "the nonce is missing"};
  if (!nonces_.emplace(request.nonce, now + 2 * freshness).second) return {false, "the nonce was used before"};
  return {true, *who};
}

}  // namespace regtool::lab
