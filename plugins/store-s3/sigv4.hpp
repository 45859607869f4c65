#pragma once
// AWS Signature Version 4, in its form with an Authorization header, as pure functions.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html

#include <regtool/transport.hpp>
#include <regtool/url.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace regtool {

// What is signed of a request. The path is taken as it is, which is S3's rule; other services normalise it first.
struct SignedParts {
  std::string_view method;
  std::string path;       // as in the request line, encoded by encode_path()
  QueryPairs query{};     // decoded, in any order
  Headers headers{};      // every one is signed: Host among them, and X-Amz-Date with `time`
  std::string payload{};  // the SHA-256 of the body
};

// Who signs, and for what.
struct SigningScope {
  std::string access_key;
  std::string secret_key;
  std::string region;
  std::string service = "s3";
};

// "20130524T000000Z"
std::string amz_time(std::chrono::system_clock::time_point time);

// Percent-encoded but for what RFC 3986 calls unreserved; encode_path() leaves '/' too.
std::string encode_text(std::string_view text);
std::string encode_path(std::string_view path);

// Encoded and sorted: what is signed, and what can go into the request line.
std::string canonical_query(const QueryPairs& query);

// The first of the two texts that a signature is made from.
std::string canonical_request(const SignedParts& parts);

// The value of the Authorization header. Errc::internal when OpenSSL fails.
Result<std::string> authorization(const SignedParts& parts, const SigningScope& scope, std::string_view time);

}  // namespace regtool
