#include "response_head.hpp"

#include <Poco/String.h>
#include <charconv>
#include <optional>

namespace regtool {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

struct StatusLine {
  int status;
  bool persistent_by_default;  // HTTP/1.1, or later
};

std::optional<StatusLine> parse_status_line(std::string_view line) {
  constexpr std::string_view version = "HTTP/1.";
  if (!line.starts_with(version) || line.size() < 12 || line[8] != ' ') return std::nullopt;
  const char minor = line[7];
  int status = 0;
  const auto parsed = std::from_chars(line.data() + 9, line.data() + 12, status);
  const bool ends = line.size() == 12 || line[12] == ' ';
  if (minor < '0' || minor > '9' || !ends || parsed.ptr != line.data() + 12 || status < 100) return std::nullopt;
  return StatusLine{status, minor != '0'};
}

tl::unexpected<Error> not_http() { return fail(Errc::protocol, "the answer is not HTTP/1"); }

}  // namespace

Result<ResponseHead> parse_response_head(std::string_view text) {
  ResponseHead head;
  std::vector<Headers::Field> fields;
  std::optional<StatusLine> status;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!status) {
      status = parse_status_line(trimmed(line));
      if (!status) return not_http();
    } else if (line.starts_with(' ') || line.starts_with('\t')) {
      if (fields.empty()) return not_http();
      fields.back().second.append(" ").append(trimmed(line));
    } else {
      const auto colon = line.find(':');
      if (colon == line.npos || colon == 0) return fail(Errc::protocol, "the answer has a bad header field");
      fields.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    }
  }
  if (!status) return not_http();
  head.status = status->status;
  for (auto& [name, value] : fields) head.headers.add(std::move(name), std::move(value));
  head.persistent = status->persistent_by_default ? !lists_token(head.headers, "Connection", "close")
                                                  : lists_token(head.headers, "Connection", "keep-alive");
  return head;
}

Result<ResponseHead> read_response_head(const Context& ctx, Connection& connection, const Deadline& deadline) {
  std::string text;
  for (std::size_t left = max_head_size;;) {
    auto line = connection.read_line(ctx, left, deadline);
    if (!line && line.error().code != Errc::protocol) return fail(std::move(line).error());
    if (!line || line->size() + 2 > left) return fail(Errc::protocol, "the head of the answer is larger than 64 KiB");
    left -= line->size() + 2;
    if (!line->empty()) {
      text.append(*line).append("\n");
      // Whatever this is, waiting for its end could take as long as the other side likes.
      if (!text.starts_with("HTTP/1.")) return not_http();
    } else if (!text.empty()) {
      return parse_response_head(text);
    }
  }
}

bool lists_token(const Headers& headers, std::string_view name, std::string_view token) {
  for (auto list : headers.all(name)) {
    while (!list.empty()) {
      const auto item = list.substr(0, list.find(','));
      list.remove_prefix(std::min(item.size() + 1, list.size()));
      if (Poco::icompare(std::string(trimmed(item)), std::string(token)) == 0) return true;
    }
  }
  return false;
}

}  // namespace regtool
