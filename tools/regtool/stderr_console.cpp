#include "stderr_console.hpp"

#include "base/printable.hpp"
#include "exit_status.hpp"
#include "json_text.hpp"
#include "terminal/terminal.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

constexpr std::size_t longest_message = 4000;  // bytes
constexpr const char* red = "\x1b[31m";
constexpr const char* yellow = "\x1b[33m";

std::string message_line(std::string_view kind, std::string_view message, const MessageStyle& style,
                         std::string_view colour) {
  if (style.json) {
    return JsonText().begin_object().field("event", kind).field("message", message).end_object().text();
  }
  const auto text = printable(message, longest_message);
  return style.colour && !colour.empty() ? fmt::format("{}{}:\x1b[0m {}", colour, kind, text)
                                         : fmt::format("{}: {}", kind, text);
}

std::string error_line(const Error& error, const MessageStyle& style) {
  if (!style.json) {
    // Who pressed Ctrl-C made no mistake.
    if (error.code == Errc::cancelled) return printable(error.message, longest_message);
    return message_line("error", error.message, style, red);
  }
  return JsonText()
      .begin_object()
      .field("event", "error")
      .field("code", to_string(error.code))
      .field("message", error.message)
      .end_object()
      .text();
}

}  // namespace

void StderrConsole::warn(std::string_view message) noexcept {
  if (!style_.quiet) screen_.print(message_line("warning", message, style_, yellow));
}

void StderrConsole::debug(std::string_view message) noexcept {
  if (style_.debug) screen_.print(message_line("debug", message, style_, {}));
}

Result<std::string> StderrConsole::ask_secret(std::string_view question) noexcept {
  const Screen::Pause pause(screen_);
  return read_secret(printable(question), stop_);
}

void StderrConsole::report(const Error& error) noexcept { screen_.print(error_line(error, style_)); }

}  // namespace regtool::cli
