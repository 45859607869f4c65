#include "sigv4.hpp"

#include <regtool/encoding.hpp>

#include "hashing.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <map>
#include <vector>

namespace regtool {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

std::string encode(std::string_view text, std::string_view kept) {
  std::string encoded;
  for (const char c : text) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (alnum || kept.find(c) != kept.npos) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

std::string lower_case(std::string text) {
  for (auto& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return text;
}

// Without spaces at the ends, and with one where there are several.
std::string trimmed(std::string_view value) {
  std::string result;
  for (const char c : value) {
    const bool space = c == ' ' || c == '\t';
    if (!space) {
      result += c;
    } else if (!result.empty() && result.back() != ' ') {
      result += ' ';
    }
  }
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

// By lower-case name; the values of fields of one name are joined.
std::map<std::string, std::string> canonical_headers(const Headers& headers) {
  std::map<std::string, std::string> canonical;
  for (const auto& [name, value] : headers) {
    auto [found, is_new] = canonical.try_emplace(lower_case(name), trimmed(value));
    if (!is_new) found->second += "," + trimmed(value);
  }
  return canonical;
}

std::string names_of(const std::map<std::string, std::string>& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

Result<std::string> signing_key(const SigningScope& scope, std::string_view date) {
  REGTOOL_TRY_ASSIGN(auto key, hmac_sha256("AWS4" + scope.secret_key, date));
  for (const std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")}) {
    REGTOOL_TRY_ASSIGN(key, hmac_sha256(key, part));
  }
  return key;
}

}  // namespace

std::string amz_time(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::string encode_text(std::string_view text) { return encode(text, "-._~"); }
std::string encode_path(std::string_view path) { return encode(path, "-._~/"); }

std::string canonical_query(const QueryPairs& query) {
  std::vector<std::pair<std::string, std::string>> encoded;
  for (const auto& [name, value] : query) encoded.emplace_back(encode_text(name), encode_text(value));
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [name, value] : encoded) text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
  return text;
}

std::string canonical_request(const SignedParts& parts) {
  const auto headers = canonical_headers(parts.headers);
  auto text = fmt::format("{}\n{}\n{}\n", parts.method, parts.path, canonical_query(parts.query));
  for (const auto& [name, value] : headers) text += fmt::format("{}:{}\n", name, value);
  return text + fmt::format("\n{}\n{}", names_of(headers), parts.payload);
}

Result<std::string> authorization(const SignedParts& parts, const SigningScope& scope, std::string_view time) {
  const auto date = time.substr(0, time.find('T'));
  const auto range = fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
  REGTOOL_TRY_ASSIGN(const auto request, sha256_hex(canonical_request(parts)));
  REGTOOL_TRY_ASSIGN(const auto key, signing_key(scope, date));
  REGTOOL_TRY_ASSIGN(const auto signature,
                     hmac_sha256(key, fmt::format("{}\n{}\n{}\n{}", algorithm, time, range, request)));
  return fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm, scope.access_key, range,
                     names_of(canonical_headers(parts.headers)), to_hex(as_bytes(signature)));
}

}  // namespace regtool
