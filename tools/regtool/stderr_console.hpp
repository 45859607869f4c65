#pragma once
// The console of a program that people run.

#include <regtool/context.hpp>

#include "global_options.hpp"
#include "terminal/screen.hpp"

namespace regtool::cli {

struct MessageStyle {
  bool quiet = false;
  bool debug = false;
  bool json = false;    // one JSON object a line
  bool colour = false;  // only ever "warning:" and "error:"
};

// Thread-safe.
class StderrConsole final : public Console {
 public:
  StderrConsole(Screen& screen, const MessageStyle& style, std::stop_token stop)
      : screen_(screen), style_(style), stop_(std::move(stop)) {}

  void warn(std::string_view message) noexcept override;
  void debug(std::string_view message) noexcept override;
  Result<std::string> ask_secret(std::string_view question) noexcept override;

  // What could not be done.
  void report(const Error& error) noexcept;

 private:
  Screen& screen_;
  const MessageStyle style_;
  const std::stop_token stop_;
};

}  // namespace regtool::cli
