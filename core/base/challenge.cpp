#include "base/challenge.hpp"

#include "base/ascii.hpp"

#include <utility>

namespace regtool {
namespace {

constexpr bool is_token_char(char c) noexcept {
  return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

constexpr bool is_token68_char(char c) noexcept {
  return is_alnum(c) || std::string_view("-._~+/").find(c) != std::string_view::npos;
}

// Eats a header value from its front. Every function that finds nothing leaves the position as it was.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool at_separator() const { return rest_.empty() || rest_.front() == ','; }

  void skip_space() {
    take_while([](char c) { return c == ' ' || c == '\t'; });
  }
  void skip_separators() {
    take_while([](char c) { return c == ' ' || c == '\t' || c == ','; });
  }
  std::string_view token() { return take_while(is_token_char); }

  // The rest of something that makes no sense, up to a comma outside quotes.
  void skip_element() {
    while (!at_separator()) {
      if (rest_.front() == '"') {
        quoted_string();
      } else {
        rest_.remove_prefix(1);
      }
    }
  }

  // A token68 that fills the element.
  bool token68() {
    auto ahead = *this;
    if (ahead.take_while(is_token68_char).empty()) return false;
    ahead.take_while([](char c) { return c == '='; });
    ahead.skip_space();
    if (!ahead.at_separator()) return false;
    *this = ahead;
    return true;
  }

  // name BWS "=" BWS value
  bool param(std::pair<std::string, std::string>& out) {
    auto ahead = *this;
    const auto name = ahead.token();
    ahead.skip_space();
    if (name.empty() || !ahead.rest_.starts_with('=')) return false;
    ahead.rest_.remove_prefix(1);
    ahead.skip_space();
    // "Basic dGVzdA==" is a token68, whose '=' end the element; a parameter has a value.
    if (ahead.at_separator() || ahead.rest_.front() == '=') return false;
    out = {to_lower(name), ahead.value()};
    *this = ahead;
    return true;
  }

 private:
  // Unquoted values that should have been quoted ("realm=https://host/token") are taken up to a space or comma.
  std::string value() {
    if (rest_.front() == '"') return quoted_string();
    return std::string(take_while([](char c) { return c != ' ' && c != '\t' && c != ','; }));
  }

  // From its opening quote on; one that is never closed reaches to the end.
  std::string quoted_string() {
    std::string out;
    std::size_t at = 1;
    for (; at < rest_.size() && rest_[at] != '"'; ++at) {
      if (rest_[at] == '\\' && at + 1 < rest_.size()) ++at;
      out += rest_[at];
    }
    rest_.remove_prefix(std::min(at + 1, rest_.size()));
    return out;
  }

  template <class Predicate>
  std::string_view take_while(Predicate matches) {
    std::size_t count = 0;
    while (count < rest_.size() && matches(rest_[count])) ++count;
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_;
};

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view value) {
  std::vector<Challenge> challenges;
  Scanner in(value);
  for (in.skip_separators(); !in.at_end(); in.skip_separators()) {
    std::pair<std::string, std::string> param;
    if (!challenges.empty() && in.param(param)) {
      challenges.back().params.insert(std::move(param));
      continue;
    }
    const auto scheme = in.token();
    in.skip_space();
    if (scheme.empty()) {
      in.skip_element();
      continue;
    }
    challenges.emplace_back().scheme = to_lower(scheme);
    if (!in.at_separator() && !in.token68() && !in.param(param)) {
      in.skip_element();
    } else if (!param.first.empty()) {
      challenges.back().params.insert(std::move(param));
    }
  }
  return challenges;
}

std::vector<Challenge> parse_challenges(const Headers& headers) {
  std::vector<Challenge> challenges;
  for (const auto value : headers.all("WWW-Authenticate")) {
    for (auto& challenge : parse_challenges(value)) challenges.push_back(std::move(challenge));
  }
  return challenges;
}

}  // namespace regtool
