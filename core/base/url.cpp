#include <regtool/url.hpp>

#include "base/ascii.hpp"
#include "base/printable.hpp"

#include <charconv>

namespace regtool {
namespace {

bool is_unreserved(char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '~'; }

std::string encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c)) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      (out += '%') += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() &&
               std::from_chars(&text[i + 1], &text[i + 1] + 2, value, 16).ptr == &text[i + 1] + 2) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string_view before(std::string_view text, std::string_view any_of) {
  return text.substr(0, text.find_first_of(any_of));
}

// RFC 3986, section 5.2.4, for the path of a relative reference; absolute ones are never touched.
std::string remove_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool folder = false;
  for (std::size_t at = 1; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto segment = path.substr(at, end - at);
    folder = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!folder) kept.push_back(segment);
    at = end + 1;
  }
  std::string out;
  for (const auto segment : kept) (out += '/') += segment;
  if (folder || out.empty()) out += '/';
  return out;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  const auto refuse = [&](const std::string& why) {
    // A query may hold a signature, and user info a password.
    const bool may_have_user = text.find('@') != text.npos;
    const auto shown = may_have_user ? printable(before(text, ":/?#"), 200) + ":…" : printable(before(text, "?#"), 200);
    return fail(Errc::invalid_argument, "URL \"" + shown + "\": " + why);
  };
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '\\')
      return refuse("a character that no URL may have");
  }
  Url url;
  url.text_ = text;
  const auto scheme = before(text, ":");
  if (equal_ignoring_case(scheme, "http")) {
    url.https_ = false;
  } else if (!equal_ignoring_case(scheme, "https")) {
    return refuse("only http:// and https:// are supported");
  }
  if (!text.substr(scheme.size()).starts_with("://")) return refuse("no host");
  const auto authority_at = scheme.size() + 3;
  const auto authority = before(text.substr(authority_at), "/?#");
  url.target_at_ = authority_at + authority.size();
  if (authority.find('@') != authority.npos) return refuse("user info is not supported");

  auto host = authority;
  auto port = std::string_view();
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == authority.npos) return refuse("an IPv6 literal without its end");
    host = authority.substr(1, close - 1);
    if (host.find_first_not_of("0123456789abcdefABCDEF:.") != host.npos) return refuse("not an IPv6 literal");
    port = authority.substr(close + 1);
  } else {
    host = before(authority, ":");
    port = authority.substr(host.size());
  }
  if (host.empty()) return refuse("no host");
  const std::uint16_t default_port = url.https_ ? 443 : 80;
  url.port_ = default_port;
  if (!port.empty() && port != ":") {
    const auto* end = port.data() + port.size();
    const auto parsed = std::from_chars(port.data() + 1, end, url.port_);
    if (port.front() != ':' || parsed.ec != std::errc() || parsed.ptr != end || url.port_ == 0)
      return refuse("a bad port");
  }
  url.host_ = to_lower(host);
  const auto bracketed = host.find(':') == host.npos ? url.host_ : "[" + url.host_ + "]";
  url.origin_ = (url.https_ ? "https://" : "http://") + bracketed;
  if (url.port_ != default_port) url.origin_ += ":" + std::to_string(url.port_);
  return url;
}

std::string Url::target() const {
  const auto target = before(std::string_view(text_).substr(target_at_), "#");
  return target.starts_with('/') ? std::string(target) : "/" + std::string(target);
}

Result<Url> Url::resolve(std::string_view reference) const {
  const auto colon = reference.find(':');
  if (colon != reference.npos && colon < reference.find_first_of("/?#")) return parse(reference);
  const auto base = std::string_view(text_);
  if (reference.starts_with("//")) return parse(std::string(base.substr(0, base.find(':') + 1)).append(reference));
  const auto authority = std::string(base.substr(0, target_at_));
  if (reference.starts_with('/')) return parse(authority + std::string(reference));
  const auto full_target = target();
  const auto path = before(full_target, "?");
  if (reference.empty()) return parse(authority + full_target);
  if (reference.starts_with('?')) return parse(authority + std::string(path) + std::string(reference));
  if (reference.starts_with('#')) return parse(authority + full_target + std::string(reference));
  const auto relative_path = before(reference, "?#");
  const auto merged = std::string(path.substr(0, path.rfind('/') + 1)).append(relative_path);
  return parse(authority + remove_dot_segments(merged) + std::string(reference.substr(relative_path.size())));
}

std::string Url::without_query() const { return std::string(before(text_, "?#")); }

std::string encode_query(const QueryPairs& pairs) {
  std::string out;
  for (const auto& [key, value] : pairs) {
    if (!out.empty()) out += '&';
    out += encode(key) + '=' + encode(value);
  }
  return out;
}

QueryPairs decode_query(const Url& url) {
  const auto target = url.target();
  QueryPairs pairs;
  for (auto at = target.find('?'); at < target.size();) {
    const auto end = std::min(target.find('&', ++at), target.size());
    const auto pair = std::string_view(target).substr(at, end - at);
    const auto key = before(pair, "=");
    if (!pair.empty()) pairs.emplace_back(decode(key), decode(pair.substr(std::min(key.size() + 1, pair.size()))));
    at = end;
  }
  return pairs;
}

std::string with_query(const Url& url, std::string_view encoded) {
  auto text = std::string(before(url.text(), "#"));
  if (encoded.empty()) return text;
  const auto query = text.find('?');
  if (query == text.npos) {
    text += '?';
  } else if (!text.ends_with('?') && !text.ends_with('&')) {
    text += '&';
  }
  return text.append(encoded);
}

}  // namespace regtool
