#include "signed_request.hpp"

#include <regtool/encoding.hpp>

#include <algorithm>

namespace regtool {
namespace {

constexpr std::string_view empty_body = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

}  // namespace

SignedRequest make_signed_request(const Url& realm, const Challenge& challenge, std::string_view fresh_nonce,
                                  std::chrono::system_clock::time_point now) {
  auto query = decode_query(realm);
  for (auto& pair : token_query(challenge)) query.push_back(std::move(pair));
  const auto nonce = challenge.param("nonce");
  query.emplace_back("nonce", nonce.empty() ? fresh_nonce : nonce);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  query.emplace_back("ts", std::to_string(seconds));
  std::stable_sort(query.begin(), query.end(), [](const auto& a, const auto& b) { return a.first < b.first; });

  auto url = realm.without_query() + "?" + encode_query(query);
  auto string_to_sign = "GET," + url + "," + to_base64(as_bytes(empty_body));
  return {std::move(url), std::move(string_to_sign)};
}

std::string signed_authorization(std::string_view public_blob, std::string_view signature) {
  return to_base64(as_bytes(public_blob)) + ":" + to_base64(as_bytes(signature));
}

}  // namespace regtool
