#include "store-s3/s3_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

const S3Place place{"models", "https://s3.test", "us-east-1"};

struct Row {
  std::string name;
  S3Refusal refusal;
  Errc code;
  std::vector<std::string> said;
};

class S3ErrorRow : public testing::TestWithParam<Row> {};

TEST_P(S3ErrorRow, is_told_with_what_can_be_done) {
  const auto error = error_of(GetParam().refusal, place);
  EXPECT_EQ(error.code, GetParam().code) << error.message;
  EXPECT_THAT(error.message, HasSubstr("models"));
  for (const auto& words : GetParam().said) EXPECT_THAT(error.message, HasSubstr(words));
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    S3, S3ErrorRow,
    testing::Values(
        Row{"denied", {403, {"AccessDenied", "Access Denied", ""}}, Errc::forbidden, {"Access Denied", "rights"}},
        Row{"denied_without_words", {403, {}}, Errc::forbidden, {"403", "rights"}},
        Row{"unknown_key", {403, {"InvalidAccessKeyId", "", ""}}, Errc::unauthenticated, {"AWS_ACCESS_KEY_ID"}},
        Row{"wrong_secret", {403, {"SignatureDoesNotMatch", "", ""}}, Errc::unauthenticated, {"AWS_SECRET_ACCESS_KEY"}},
        Row{"expired", {400, {"ExpiredToken", "", ""}}, Errc::unauthenticated, {"new credentials"}},
        Row{"clock", {403, {"RequestTimeTooSkewed", "", ""}}, Errc::unauthenticated, {"clock"}},
        Row{"no_bucket", {404, {"NoSuchBucket", "", ""}}, Errc::invalid_argument, {"no bucket models", "store.bucket"}},
        Row{"region_of_a_redirect",
            {301, {"PermanentRedirect", "", "eu-west-1"}},
            Errc::invalid_argument,
            {"eu-west-1, not us-east-1", "set store.region to eu-west-1"}},
        Row{"region_of_a_signature",
            {400, {"AuthorizationHeaderMalformed", "", "eu-west-1"}},
            Errc::invalid_argument,
            {"set store.region to eu-west-1"}},
        Row{"endpoint", {307, {"TemporaryRedirect", "", ""}}, Errc::invalid_argument, {"store.endpoint"}},
        Row{"quota", {403, {"QuotaExceeded", "", ""}}, Errc::no_space, {"QuotaExceeded"}},
        Row{"full", {507, {}}, Errc::no_space, {"507"}},
        Row{"slow_down", {503, {"SlowDown", "", ""}}, Errc::unavailable, {"SlowDown"}},
        Row{"damaged", {400, {"XAmzContentSHA256Mismatch", "", ""}}, Errc::corrupt, {}},
        Row{"other_part", {400, {"InvalidPart", "", ""}}, Errc::unavailable, {"try again"}},
        Row{"absent", {404, {"NoSuchKey", "", ""}}, Errc::not_found, {}},
        Row{"never_heard_of",
            {418, {"Teapot", "short and stout", ""}},
            Errc::protocol,
            {"418", "short and stout (Teapot)"}}),
    [](const auto& row) { return row.param.name; });

TEST(S3Error, knows_what_may_be_asked_again_at_once) {
  EXPECT_TRUE(repeatable({400, {"RequestTimeout", "", ""}}));
  EXPECT_TRUE(repeatable({400, {"XAmzContentSHA256Mismatch", "", ""}}));
  EXPECT_TRUE(repeatable({409, {"OperationAborted", "", ""}}));
  EXPECT_FALSE(repeatable({403, {"AccessDenied", "", ""}}));
  EXPECT_FALSE(repeatable({404, {}}));
}

TEST(S3Error, does_not_take_a_bucket_that_is_not_there_for_an_object) {
  EXPECT_TRUE(is_absent({404, {"NoSuchKey", "", ""}}));
  EXPECT_TRUE(is_absent({404, {}}));
  EXPECT_FALSE(is_absent({404, {"NoSuchBucket", "", ""}}));
}

}  // namespace
}  // namespace regtool
