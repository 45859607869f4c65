#include "token_endpoint.hpp"

#include <regtool/encoding.hpp>

#include <memory>
#include <openssl/evp.h>

namespace regtool {
namespace {

const unsigned char* bytes_of(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

bool verifies(const std::string& public_key, const std::string& signature, const std::string& message) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key), public_key.size()), EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
}

}  // namespace

TokenEndpoint::TokenEndpoint() {
  transport_.serve(origin, [this](const HttpRequest& request) { return answer(request); });
}

Challenge TokenEndpoint::challenge() const {
  Challenge made;
  made.scheme = "bearer";
  made.params = {
      {"realm", std::string(origin) + "/v2/token"}, {"service", "ollama"}, {"scope", "repository:me/model:pull,push"}};
  made.origin = origin;
  made.realm_trusted = true;
  return made;
}

HttpReply TokenEndpoint::answer(const HttpRequest& request) {
  requests_.push_back(request);
  const auto refuse = [](const char* why) { return HttpReply{401, {}, std::string(R"({"error":")") + why + "\"}"}; };

  const auto authorization = request.header("Authorization");
  const auto colon = authorization.find(':');
  if (colon == std::string::npos) return refuse("no signature");
  const auto key_text = authorization.substr(0, colon);
  const auto blob = from_base64(key_text);
  const auto signature = from_base64(authorization.substr(colon + 1));
  if (!blob || !signature || blob->size() != 51 ||
      !blob->starts_with(std::string("\0\0\0\x0bssh-ed25519\0\0\0\x20", 19))) {
    return refuse("malformed signature");
  }
  const auto message = "GET," + request.origin + request.target +
                       ",ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NQ==";
  if (!verifies(blob->substr(19), *signature, message)) return refuse("wrong signature");

  bool known = registered_.empty();
  for (const auto& line : registered_) known = known || line.find("ssh-ed25519 " + key_text) == 0;
  if (!known) return refuse("unknown key");
  return {200, {}, R"({"token":"t0k3n"})"};
}

}  // namespace regtool
