#include "s3_error.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>

namespace regtool {
namespace {

struct Meaning {
  std::string_view code;
  Errc errc;
  std::string_view advice = {};
};

constexpr std::string_view check_keys =
    "; check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile in ~/.aws/credentials";
constexpr std::string_view ask_rights = "; the access key needs more rights on this bucket";
constexpr std::string_view new_keys = "; get new credentials";

constexpr std::array meanings{
    Meaning{"AccessDenied", Errc::forbidden, ask_rights},
    Meaning{"AllAccessDisabled", Errc::forbidden},
    Meaning{"UserSuspended", Errc::forbidden},
    Meaning{"InvalidObjectState", Errc::forbidden, "; it is in an archive: restore it first"},
    Meaning{"InvalidAccessKeyId", Errc::unauthenticated, check_keys},
    Meaning{"SignatureDoesNotMatch", Errc::unauthenticated, check_keys},
    Meaning{"RequestTimeTooSkewed", Errc::unauthenticated, "; check the clock of this machine"},
    Meaning{"ExpiredToken", Errc::unauthenticated, new_keys},
    Meaning{"InvalidToken", Errc::unauthenticated, new_keys},
    Meaning{"TokenRefreshRequired", Errc::unauthenticated, new_keys},
    Meaning{"QuotaExceeded", Errc::no_space},
    Meaning{"EntityTooLarge", Errc::no_space},
    Meaning{"InsufficientStorage", Errc::no_space},
    Meaning{"XMinioStorageFull", Errc::no_space},
    Meaning{"XMinioAdminBucketQuotaExceeded", Errc::no_space},
    Meaning{"NoSuchKey", Errc::not_found},
    Meaning{"NoSuchUpload", Errc::not_found},
    Meaning{"NoSuchVersion", Errc::not_found},
    Meaning{"PreconditionFailed", Errc::not_found},
    Meaning{"NotImplemented", Errc::unsupported},
    Meaning{"MethodNotAllowed", Errc::unsupported},
    Meaning{"XAmzContentSHA256Mismatch", Errc::corrupt},
    Meaning{"BadDigest", Errc::corrupt},
    Meaning{"InvalidDigest", Errc::corrupt},
    Meaning{"InvalidPart", Errc::unavailable, "; somebody else uploads the same blob; try again"},
    Meaning{"RequestTimeout", Errc::unavailable},
    Meaning{"OperationAborted", Errc::unavailable},
    Meaning{"ConditionalRequestConflict", Errc::unavailable},
    Meaning{"ConcurrentModification", Errc::unavailable},
    Meaning{"SlowDown", Errc::unavailable},
    Meaning{"InternalError", Errc::unavailable},
    Meaning{"ServiceUnavailable", Errc::unavailable},
};

Errc errc_of(int status) noexcept {
  switch (status) {
    case 401:
      return Errc::unauthenticated;
    case 403:
      return Errc::forbidden;
    case 404:
    case 412:
      return Errc::not_found;
    case 405:
    case 501:
      return Errc::unsupported;
    case 408:
    case 409:
    case 429:
      return Errc::unavailable;
    case 507:
      return Errc::no_space;
    default:
      return status >= 500 ? Errc::unavailable : Errc::protocol;
  }
}

Meaning meaning_of(const S3Refusal& refusal) noexcept {
  const auto* const found = std::ranges::find(meanings, refusal.words.code, &Meaning::code);
  return found != meanings.end() ? *found : Meaning{refusal.words.code, errc_of(refusal.status)};
}

// A bucket that is elsewhere answers with a redirect, or with the region that the signature should have named.
bool is_elsewhere(const S3Refusal& refusal) noexcept {
  return (refusal.status >= 300 && refusal.status < 400) || refusal.words.code == "AuthorizationHeaderMalformed";
}

Error elsewhere(const S3Refusal& refusal, const S3Place& place) {
  const auto& region = refusal.words.region;
  const auto where = region.empty() || region == place.region
                         ? std::string(" is at another endpoint; set store.endpoint and store.region to where it is")
                         : fmt::format(" is in the region {0}, not {1}; set store.region to {0}", region, place.region);
  return {Errc::invalid_argument, "the bucket " + place.bucket + where};
}

}  // namespace

Error error_of(const S3Refusal& refusal, const S3Place& place) {
  const auto& [code, message, region] = refusal.words;
  if (is_elsewhere(refusal)) return elsewhere(refusal, place);
  if (code == "NoSuchBucket") {
    return {Errc::invalid_argument, fmt::format("there is no bucket {} at {}; create it, or set store.bucket to one",
                                                place.bucket, place.endpoint)};
  }
  const auto meaning = meaning_of(refusal);
  auto said = message.empty() ? code : code.empty() ? message : fmt::format("{} ({})", message, code);
  if (!said.empty()) said.insert(0, ": ");
  return {meaning.errc, fmt::format("the bucket {} at {} answered {}{}{}", place.bucket, place.endpoint, refusal.status,
                                    said, code.empty() && refusal.status == 403 ? ask_rights : meaning.advice)};
}

bool repeatable(const S3Refusal& refusal) noexcept {
  constexpr std::array<std::string_view, 6> codes{
      "XAmzContentSHA256Mismatch", "BadDigest", "InvalidDigest", "RequestTimeout", "OperationAborted",
      "ConcurrentModification"};
  return std::ranges::find(codes, refusal.words.code) != codes.end() ||
         refusal.words.code == "ConditionalRequestConflict";
}

bool is_absent(const S3Refusal& refusal) noexcept {
  return refusal.status == 404 && refusal.words.code != "NoSuchBucket";
}

}  // namespace regtool
