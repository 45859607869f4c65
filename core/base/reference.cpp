#include <regtool/reference.hpp>

#include "base/ascii.hpp"
#include "base/printable.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace regtool {
namespace {

struct Rule {
  const char* part;
  std::size_t max_length;
  std::string_view further;  // beside letters, digits and '_'
};

constexpr Rule host_rule{"host", 350, ".:-"};
constexpr Rule namespace_rule{"namespace", 80, "-"};
constexpr Rule path_rule{"repository", 80, "-."};  // a part of a plain OCI repository's path
constexpr Rule model_rule{"model", 80, "-."};
constexpr Rule tag_rule{"tag", 80, "-."};

Result<> check(std::string_view text, const Rule& rule) {
  const auto part = std::string(rule.part);
  if (text.empty()) return fail(Errc::invalid_argument, "the " + part + " is empty");
  if (text.size() > rule.max_length) {
    return fail(Errc::invalid_argument,
                "the " + part + " is longer than " + std::to_string(rule.max_length) + " characters");
  }
  if (!is_alnum(text.front()) && text.front() != '_') {
    return fail(Errc::invalid_argument, "the " + part + " must begin with a letter, a digit or '_'");
  }
  const auto allowed = [&](char c) {
    return is_alnum(c) || c == '_' || rule.further.find(c) != std::string_view::npos;
  };
  if (!std::all_of(text.begin(), text.end(), allowed)) {
    return fail(Errc::invalid_argument, "the " + part + " has a character that it may not have");
  }
  if (text.find("..") != text.npos) return fail(Errc::invalid_argument, "the " + part + " has \"..\"");
  return {};
}

Result<> check_port(std::string_view port) {
  if (port.empty() || port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit)) {
    return fail(Errc::invalid_argument, "the host has a bad port");
  }
  return {};
}

Result<> check_host(std::string_view host) {
  if (host.starts_with('[')) {
    const auto close = host.find(']');
    const auto literal = host.substr(1, close == host.npos ? host.npos : close - 1);
    if (close == host.npos || literal.empty() || literal.find_first_not_of("0123456789abcdefABCDEF:.") != host.npos ||
        literal.find("..") != host.npos) {
      return fail(Errc::invalid_argument, "the host is not an IPv6 literal");
    }
    const auto rest = host.substr(close + 1);
    if (rest.empty()) return {};
    if (rest.front() != ':') return fail(Errc::invalid_argument, "the host has a bad port");
    return check_port(rest.substr(1));
  }
  REGTOOL_TRY(check(host, host_rule));
  const auto colon = host.find(':');
  return colon == host.npos ? Result<>() : check_port(host.substr(colon + 1));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// One part or more than two are a plain OCI registry's; two are Ollama's namespace and model.
Result<> check_repository(std::string_view repository) {
  const auto parts = split(repository, '/');
  constexpr std::size_t max_parts = 16;
  if (parts.size() > max_parts) return fail(Errc::invalid_argument, "the repository has too many parts");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    REGTOOL_TRY(check(parts[i], last ? model_rule : parts.size() == 2 ? namespace_rule : path_rule));
  }
  return {};
}

// Typographic hyphens, as pasted from a web page, read as '-' (U+2010 to U+2014, U+2212).
std::string with_plain_hyphens(std::string_view text) {
  constexpr std::array<std::string_view, 6> hyphens{"\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212"};
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    const auto rest = text.substr(at);
    const bool found =
        std::any_of(hyphens.begin(), hyphens.end(), [&](auto hyphen) { return rest.starts_with(hyphen); });
    plain += found ? '-' : text[at];
    at += found ? hyphens[0].size() : 1;
  }
  return plain;
}

bool looks_like_host(std::string_view part) { return part.find_first_of(".:[") != part.npos; }

}  // namespace

Result<Reference> Reference::parse(std::string_view text) {
  const auto refuse = [&](Error error) { return fail(std::move(error).in("name \"" + printable(text, 100) + "\"")); };
  const auto plain = with_plain_hyphens(text);
  auto rest = std::string_view(plain);
  Reference name;

  bool has_scheme = false;
  if (const auto at = rest.find("://"); at != rest.npos) {
    const auto scheme = rest.substr(0, at);
    name.plain_http_ = equal_ignoring_case(scheme, "http");
    if (!name.plain_http_ && !equal_ignoring_case(scheme, "https")) {
      return refuse({Errc::invalid_argument, "the scheme must be http or https"});
    }
    has_scheme = true;
    rest.remove_prefix(at + 3);
  }
  if (const auto at = rest.find('@'); at != rest.npos) {
    // The name is not shown: a password may stand in it.
    if (rest.find('/') > at && rest.find('/', at) != rest.npos) {
      return fail(Errc::invalid_argument, "a name holds no user and no password: put them into the config");
    }
    auto digest = Digest::parse(rest.substr(at + 1));
    if (!digest) return refuse(std::move(digest).error());
    name.digest_ = std::move(*digest);
    rest = rest.substr(0, at);
  }
  name.tag_ = default_tag;
  if (const auto colon = rest.rfind(':'); colon != rest.npos && rest.find('/', colon) == rest.npos) {
    name.tag_ = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
  }

  auto path = rest;
  name.host_ = default_host;
  const auto slashes = std::count(rest.begin(), rest.end(), '/');
  const auto first = rest.substr(0, rest.find('/'));
  if (has_scheme || slashes >= 2 || (slashes == 1 && looks_like_host(first))) {
    if (slashes == 0) return refuse({Errc::invalid_argument, "the model is missing after the host"});
    name.host_ = first;
    path = rest.substr(first.size() + 1);
  }
  name.repository_ = path;
  // A bare model has the default namespace; behind an explicit host that serves plain OCI repositories it has none.
  if (path.find('/') == path.npos && (slashes == 0 || equal_ignoring_case(name.host_, default_host))) {
    name.repository_ = std::string(default_namespace) + "/" + std::string(path);
  }
  if (auto good = check_host(name.host_); !good) return refuse(std::move(good).error());
  if (auto good = check_repository(name.repository_); !good) return refuse(std::move(good).error());
  if (auto good = check(name.tag_, tag_rule); !good) return refuse(std::move(good).error());
  return name;
}

Result<Reference> Reference::from_parts(std::string_view host, std::string_view repository, std::string_view tag) {
  REGTOOL_TRY(check_host(host));
  REGTOOL_TRY(check_repository(repository));
  REGTOOL_TRY(check(tag, tag_rule));
  Reference name;
  name.host_ = host;
  name.repository_ = repository;
  name.tag_ = tag;
  return name;
}

std::string Reference::display() const {
  auto shown = repository_ + ":" + tag_;
  if (!equal_ignoring_case(host_, default_host)) {
    // Without a scheme, "host/model" would be a namespace and a model.
    const bool ambiguous = !looks_like_host(host_) && repository_.find('/') == repository_.npos;
    return (ambiguous ? plain_http_ ? "http://" : "https://" : "") + host_ + "/" + shown;
  }
  const auto prefix = std::string(default_namespace) + "/";
  const bool in_default = equal_ignoring_case(std::string_view(shown).substr(0, prefix.size()), prefix);
  return in_default ? shown.substr(prefix.size()) : shown;
}

bool Reference::same_name(const Reference& other) const noexcept {
  return equal_ignoring_case(host_, other.host_) && equal_ignoring_case(repository_, other.repository_) &&
         equal_ignoring_case(tag_, other.tag_);
}

}  // namespace regtool
