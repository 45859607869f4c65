#include "bucket_address.hpp"

#include "one_line.hpp"
#include "sigv4.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace regtool {
namespace {

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// The rules of AWS for new buckets are stricter; older ones and other services' may have capitals and underscores.
bool is_bucket_name(std::string_view name) {
  const auto allowed = [](char c) {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
  };
  return name.size() >= 3 && name.size() <= 255 && std::ranges::all_of(name, allowed) && name.front() != '.' &&
         name.find("..") == name.npos;
}

// One label of a host name. A dot would make two of it, which no certificate covers.
bool is_host_label(std::string_view name) {
  const auto allowed = [](char c) { return is_lower_or_digit(c) || c == '-'; };
  return name.size() <= 63 && std::ranges::all_of(name, allowed) && name.front() != '-' && name.back() != '-';
}

std::string aws_endpoint(const std::string& region) {
  return fmt::format("https://s3.{}.amazonaws.com{}", region, region.starts_with("cn-") ? ".cn" : "");
}

bool is_region(std::string_view region) {
  const auto allowed = [](char c) { return is_lower_or_digit(c) || c == '-' || c == '_' || (c >= 'A' && c <= 'Z'); };
  return !region.empty() && region.size() <= 63 && std::ranges::all_of(region, allowed);
}

}  // namespace

Result<BucketAddress> BucketAddress::make(const std::string& bucket, const std::string& endpoint,
                                          const std::string& region, Addressing addressing) {
  if (!is_bucket_name(bucket)) {
    return fail(Errc::invalid_argument, fmt::format("\"{}\" is no name of a bucket", one_line(bucket)));
  }
  if (!is_region(region)) return fail(Errc::invalid_argument, fmt::format("\"{}\" is no region", one_line(region)));
  if (addressing == Addressing::automatic) {
    addressing = endpoint.empty() && is_host_label(bucket) ? Addressing::virtual_host : Addressing::path;
  }
  if (addressing == Addressing::virtual_host && !is_host_label(bucket)) {
    return fail(Errc::invalid_argument,
                "the bucket " + bucket + " cannot be part of a host name; set addressing to path");
  }
  const auto text = endpoint.empty() ? aws_endpoint(region) : endpoint;
  const auto url = Url::parse(text);
  if (!url) return fail(Error(url.error()).in("the endpoint " + one_line(text)));
  if (url->text().find_first_of("?#") != std::string::npos) {
    return fail(Errc::invalid_argument,
                "the endpoint " + url->without_query() + " has more than a scheme, a host and a path");
  }
  auto path = url->target();
  path.erase(path.find_last_not_of('/') + 1);
  BucketAddress address;
  address.endpoint_ = url->origin() + path;
  const auto scheme_end = url->origin().find("//") + 2;
  address.origin_ = url->origin();
  if (addressing == Addressing::virtual_host) {
    address.origin_.insert(scheme_end, bucket + ".");
    address.base_ = path + "/";
  } else {
    address.base_ = path + "/" + bucket + "/";
  }
  return address;
}

std::string_view BucketAddress::host() const noexcept {
  return std::string_view(origin_).substr(origin_.find("//") + 2);
}

std::string BucketAddress::path_of(std::string_view key) const { return base_ + encode_path(key); }

}  // namespace regtool
