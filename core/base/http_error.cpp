#include "base/http_error.hpp"

#include "base/ascii.hpp"
#include "base/json.hpp"
#include "base/printable.hpp"
#include "base/retry_after.hpp"

#include <array>
#include <fmt/format.h>

namespace regtool {
namespace {

constexpr std::size_t body_limit = 64 * 1024;
constexpr auto body_patience = std::chrono::seconds(5);

std::string_view reason_of(int status) noexcept {
  switch (status) {
    case 400:
      return "bad request";
    case 401:
      return "not authenticated";
    case 403:
      return "forbidden";
    case 404:
      return "not found";
    case 405:
      return "method not allowed";
    case 408:
      return "request timeout";
    case 413:
      return "too large";
    case 416:
      return "range not satisfiable";
    case 429:
      return "too many requests";
    case 500:
      return "internal server error";
    case 501:
      return "not implemented";
    case 502:
      return "bad gateway";
    case 503:
      return "service unavailable";
    case 504:
      return "gateway timeout";
    case 507:
      return "insufficient storage";
    default:
      return {};
  }
}

// A string, or the digest that registries put into the detail of MANIFEST_BLOB_UNKNOWN.
std::string_view words_of_detail(const rapidjson::Value& entry) {
  const auto* detail = json_member(entry, "detail");
  if (detail == nullptr) return {};
  if (detail->IsString()) return json_text(entry, "detail");
  return json_text(*detail, "digest");
}

std::string words_of_entry(const rapidjson::Value& entry) {
  const auto code = json_text(entry, "code");
  const auto message = json_text(entry, "message");
  const auto detail = words_of_detail(entry);
  std::string words(message.empty() ? code : message);
  if (!message.empty() && !code.empty()) words.append(" (").append(code).append(")");
  if (!detail.empty() && detail != message) words.append(words.empty() ? "" : ": ").append(detail);
  return words;
}

std::string words_of_entries(const rapidjson::Value& errors) {
  constexpr rapidjson::SizeType shown = 3;
  std::string words;
  for (rapidjson::SizeType i = 0; i < std::min(errors.Size(), shown); ++i) {
    const auto entry = words_of_entry(errors[i]);
    if (!entry.empty()) words.append(words.empty() ? "" : "; ").append(entry);
  }
  if (errors.Size() > shown) words += fmt::format("; and {} more", errors.Size() - shown);
  return words;
}

std::string words_of_json(const rapidjson::Value& body) {
  const auto* errors = json_member(body, "errors");
  if (errors != nullptr && errors->IsArray() && !errors->Empty()) return words_of_entries(*errors);
  for (const auto name : {"error_description", "error", "message", "details"}) {
    if (const auto text = json_text(body, name); !text.empty()) return std::string(text);
  }
  if (const auto* error = json_member(body, "error")) return words_of_entry(*error);
  return std::string(json_text(body, "code"));
}

// The body as far as it came: a registry that fails may fail at this as well, and its status is what matters.
Result<std::string> read_error_body(const Context& ctx, Response& response) {
  std::string body;
  std::array<std::byte, 4096> buffer;
  const auto deadline = ctx.clock.now() + body_patience;
  while (body.size() < body_limit && ctx.clock.now() < deadline) {
    const auto count = response.read(std::span(buffer).first(std::min(buffer.size(), body_limit - body.size())));
    if (!count && count.error().code == Errc::cancelled) return fail(count.error());
    if (!count || *count == 0) break;
    body.append(reinterpret_cast<const char*>(buffer.data()), *count);
  }
  return body;
}

}  // namespace

Errc errc_of_status(int status) noexcept {
  switch (status) {
    case 401:
    case 407:
      return Errc::unauthenticated;
    case 402:
    case 403:
    case 451:
      return Errc::forbidden;
    case 404:
    case 410:
      return Errc::not_found;
    case 405:
    case 412:  // "requires a newer version of Ollama"
    case 501:
      return Errc::unsupported;
    case 408:
    case 425:
    case 429:
      return Errc::unavailable;
    case 504:
      return Errc::timeout;
    case 507:
      return Errc::no_space;
    default:
      return status >= 500 && status < 600 ? Errc::unavailable : Errc::protocol;
  }
}

std::string words_of_error_body(std::string_view body) {
  while (!body.empty() && (static_cast<unsigned char>(body.front()) <= ' ')) body.remove_prefix(1);
  if (body.empty() || body.front() == '<') return {};
  if (body.front() == '{') {
    const auto parsed = parse_json(body);
    return parsed ? printable(words_of_json(*parsed)) : std::string();
  }
  return printable(body.substr(0, body.find_first_of("\r\n")));
}

Error http_error(const Context& ctx, Response& response) {
  const auto status = response.status();
  std::string words;
  // docker-registry's 416 promises the whole blob and sends a line: waiting for the rest would take a timeout.
  if (status != 416) {
    auto body = read_error_body(ctx, response);
    if (!body) return std::move(body).error();
    words = words_of_error_body(*body);
  }
  Error error{errc_of_status(status), fmt::format("the server answered {}", status), std::nullopt};
  if (status == 400 && words.find("DIGEST_INVALID") != words.npos) error.code = Errc::corrupt;
  if (words.empty()) words = reason_of(status);
  if (!words.empty()) error.message += ": " + words;
  if (status == 401)
    error.message += "; check the user and password in the config, or register the key that `regtool key show` prints";
  if (const auto wait = response.headers().get("Retry-After")) {
    // By the server's own clock, where it tells: ours may be set otherwise.
    const auto date = parse_http_date(response.headers().get("Date").value_or(""));
    error.retry_after = parse_retry_after(*wait, date ? *date : ctx.clock.wall_time());
  }
  return error;
}

}  // namespace regtool
