// Signatures that AWS has published: of its test suite for version 4, and of the examples in S3's own documentation
// (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).

#include "store-s3/sigv4.hpp"

#include "store-s3/hashing.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

struct Vector {
  std::string name;
  SignedParts parts;
  std::string signature;
};

void PrintTo(const Vector& vector, std::ostream* out) { *out << vector.name; }

std::string name_of(const testing::TestParamInfo<Vector>& info) { return info.param.name; }

std::string signature_in(const std::string& authorization) {
  return authorization.substr(authorization.rfind("Signature=") + 10);
}

const std::string nothing(sha256_of_nothing);

const Headers suite_headers{{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}};

Headers with(Headers headers, const std::string& name, const std::string& value) {
  headers.add(name, value);
  return headers;
}

class SuiteVector : public testing::TestWithParam<Vector> {};

TEST_P(SuiteVector, has_the_published_signature) {
  const SigningScope scope{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"};
  const auto value = authorization(GetParam().parts, scope, "20150830T123600Z").value();
  EXPECT_EQ(signature_in(value), GetParam().signature) << canonical_request(GetParam().parts);
}

INSTANTIATE_TEST_SUITE_P(
    Aws, SuiteVector,
    testing::Values(Vector{"get_vanilla",
                           {"GET", "/", {}, suite_headers, nothing},
                           "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
                    Vector{"get_vanilla_query_order_key_case",
                           {"GET", "/", {{"Param2", "value2"}, {"Param1", "value1"}}, suite_headers, nothing},
                           "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
                    Vector{"get_vanilla_empty_query_key",
                           {"GET", "/", {{"Param1", "value1"}}, suite_headers, nothing},
                           "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
                    Vector{"get_vanilla_query_unreserved",
                           {"GET",
                            "/",
                            {{"-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                              "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}},
                            suite_headers,
                            nothing},
                           "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
                    Vector{"get_unreserved",
                           {"GET",
                            encode_path("/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
                            {},
                            suite_headers,
                            nothing},
                           "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
                    Vector{"get_utf8",
                           {"GET", encode_path("/\xe1\x88\xb4"), {}, suite_headers, nothing},
                           "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
                    Vector{"get_header_key_duplicate",
                           {"GET",
                            "/",
                            {},
                            {{"Host", "example.amazonaws.com"},
                             {"My-Header1", "value2"},
                             {"My-Header1", "value2"},
                             {"My-Header1", "value1"},
                             {"X-Amz-Date", "20150830T123600Z"}},
                            nothing},
                           "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
                    Vector{"get_header_value_trim",
                           {"GET",
                            "/",
                            {},
                            {{"Host", "example.amazonaws.com"},
                             {"My-Header1", " value1 "},
                             {"My-Header2", " \"a   b   c\""},
                             {"X-Amz-Date", "20150830T123600Z"}},
                            nothing},
                           "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
                    Vector{"post_vanilla",
                           {"POST", "/", {}, suite_headers, nothing},
                           "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
                    Vector{"post_x_www_form_urlencoded",
                           {"POST",
                            "/",
                            {},
                            with(suite_headers, "Content-Type", "application/x-www-form-urlencoded"),
                            sha256_hex("Param1=value1").value()},
                           "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"}),
    name_of);

// Of S3's documentation.
Headers s3_headers(const std::string& payload) {
  return {{"Host", "examplebucket.s3.amazonaws.com"},
          {"x-amz-content-sha256", payload},
          {"x-amz-date", "20130524T000000Z"}};
}

class S3Vector : public testing::TestWithParam<Vector> {};

TEST_P(S3Vector, has_the_published_signature) {
  const SigningScope scope{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "s3"};
  const auto value = authorization(GetParam().parts, scope, "20130524T000000Z").value();
  EXPECT_EQ(signature_in(value), GetParam().signature) << canonical_request(GetParam().parts);
}

INSTANTIATE_TEST_SUITE_P(
    Aws, S3Vector,
    testing::Values(Vector{"get_object",
                           {"GET", "/test.txt", {}, with(s3_headers(nothing), "Range", "bytes=0-9"), nothing},
                           "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
                    Vector{"put_object",
                           {"PUT",
                            encode_path("/test$file.text"),
                            {},
                            with(with(s3_headers("44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
                                      "Date", "Fri, 24 May 2013 00:00:00 GMT"),
                                 "x-amz-storage-class", "REDUCED_REDUNDANCY"),
                            sha256_hex("Welcome to Amazon S3.").value()},
                           "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
                    Vector{"get_bucket_lifecycle",
                           {"GET", "/", {{"lifecycle", ""}}, s3_headers(nothing), nothing},
                           "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
                    Vector{"list_objects",
                           {"GET", "/", {{"max-keys", "2"}, {"prefix", "J"}}, s3_headers(nothing), nothing},
                           "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"}),
    name_of);

TEST(SigV4, names_the_key_the_scope_and_what_is_signed) {
  const SigningScope scope{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"};
  const auto value = authorization({"GET", "/", {}, suite_headers, nothing}, scope, "20150830T123600Z").value();
  EXPECT_EQ(value.substr(0, value.rfind("Signature=")),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, ");
  EXPECT_EQ(value.find(scope.secret_key), std::string::npos);
}

TEST(SigV4, writes_the_time_without_a_zone) {
  EXPECT_EQ(amz_time(std::chrono::system_clock::time_point(std::chrono::seconds(1369353600))), "20130524T000000Z");
}

TEST(SigV4, encodes_what_is_not_unreserved) {
  EXPECT_EQ(encode_path("a b/c+d:e%f/\xc3\xa9"), "a%20b/c%2Bd%3Ae%25f/%C3%A9");
  EXPECT_EQ(encode_text("a/b"), "a%2Fb");
  EXPECT_EQ(canonical_query({{"uploads", ""}, {"a", "x y"}}), "a=x%20y&uploads=");
}

}  // namespace
}  // namespace regtool
