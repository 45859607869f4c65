#include "auth-ssh-key/signed_request.hpp"

#include <regtool/encoding.hpp>

#include "auth-ssh-key/ed25519_key.hpp"
#include "auth-ssh-key/key_file.hpp"
#include "sample_keys.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

constexpr auto now = std::chrono::system_clock::time_point(std::chrono::milliseconds(1'700'000'000'999));
constexpr std::string_view nonce = "AAECAwQFBgcICQoLDA0ODw";

SignedRequest request_for(const std::string& realm, std::map<std::string, std::string, std::less<>> params) {
  Challenge challenge;
  challenge.params = std::move(params);
  return make_signed_request(Url::parse(realm).value(), challenge, nonce, now);
}

struct Case {
  const char* realm;
  std::map<std::string, std::string, std::less<>> params;
  const char* url;
};

class SignedUrl : public testing::TestWithParam<Case> {};

TEST_P(SignedUrl, has_its_query_sorted_and_form_encoded) {
  EXPECT_EQ(request_for(GetParam().realm, GetParam().params).url, GetParam().url);
}

const Case cases[] = {
    {"https://h/v2/token",
     {{"service", "ollama"}, {"scope", "repository:ns/m:pull,push"}},
     "https://h/v2/token?nonce=AAECAwQFBgcICQoLDA0ODw&scope=repository%3Ans%2Fm%3Apull%2Cpush&service=ollama&ts="
     "1700000000"},
    {"https://h/v2/token",
     {{"service", "my registry"}, {"scope", "repository:b:pull repository:a:pull"}},  // several scopes keep their order
     "https://h/v2/token?nonce=AAECAwQFBgcICQoLDA0ODw&scope=repository%3Ab%3Apull&scope=repository%3Aa%3Apull&service="
     "my+registry&ts=1700000000"},
    {"https://h:8443/token?z=1&a=b%20c",
     {},
     "https://h:8443/token?a=b+c&nonce=AAECAwQFBgcICQoLDA0ODw&ts=1700000000&z=1"},
    {"https://h/token", {{"nonce", "theirs/+"}}, "https://h/token?nonce=theirs%2F%2B&ts=1700000000"},
};
INSTANTIATE_TEST_SUITE_P(Cases, SignedUrl, testing::ValuesIn(cases));

// URL, string to sign and signature were put together by hand, and signed by `openssl pkeyutl -sign -rawin`.
TEST(SignedRequest, is_the_known_vector) {
  const auto request =
      request_for("https://ollama.test/v2/token", {{"service", "ollama"}, {"scope", "repository:me/model:pull,push"}});
  EXPECT_EQ(request.string_to_sign,
            "GET,https://ollama.test/v2/token?nonce=AAECAwQFBgcICQoLDA0ODw&scope=repository%3Ame%2Fmodel%3Apull%2Cpush&"
            "service=ollama&ts=1700000000,"
            "ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NQ==");

  const auto file = parse_key_file(sample_keys::plain).value();
  const auto key = Ed25519Key::from_seed(seed_of(file).value()).value();
  EXPECT_EQ(signed_authorization(file.public_blob, key.sign(request.string_to_sign).value()),
            std::string(sample_keys::public_base64) +
                ":bRN1z6EcBEjSxIvhIsj80oY/b/bwxxUI8EnZxcFkDobjJ39crEYCQA1o9r8tuyl3xKt+X/nBsxRV2KLvY3xcDQ==");
}

}  // namespace
}  // namespace regtool
