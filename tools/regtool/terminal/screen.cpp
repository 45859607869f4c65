#include "terminal/screen.hpp"

#include "terminal/text.hpp"

#include <fmt/format.h>

namespace regtool::cli {

void Screen::print(std::string_view line) {
  const std::lock_guard lock(mutex_);
  write_(erased() + std::string(line) + '\n' + drawn());
}

void Screen::show(const std::vector<std::string>& above, std::vector<std::string> live, std::size_t width) {
  const std::lock_guard lock(mutex_);
  if (pauses_ > 0) return;
  width_ = width;
  auto text = erased();
  for (const auto& line : above) text += line + '\n';
  live_ = std::move(live);
  text += drawn();
  if (!text.empty()) write_(text);
}

void Screen::clear() {
  const std::lock_guard lock(mutex_);
  const auto text = erased();
  live_.clear();
  if (!text.empty()) write_(text);
}

// The cursor is in the last live line. When the terminal has become narrower since, it has wrapped the
// lines: they take more rows than there are lines.
std::string Screen::erased() const {
  if (live_.empty()) return {};
  std::size_t rows = 0;
  for (const auto& line : live_) rows += width_ == 0 ? 1 : (columns(line) + width_ - 1) / width_;
  return rows > 1 ? fmt::format("\r\x1b[{}A\x1b[J", rows - 1) : "\r\x1b[J";
}

// The cursor goes back to the front of the last line: the "^C" that a terminal echoes must not begin a new row.
std::string Screen::drawn() const { return live_.empty() ? "" : fmt::format("{}\r", fmt::join(live_, "\n")); }

Screen::Pause::Pause(Screen& screen) : screen_(screen) {
  screen_.clear();
  const std::lock_guard lock(screen_.mutex_);
  ++screen_.pauses_;
}

Screen::Pause::~Pause() {
  const std::lock_guard lock(screen_.mutex_);
  --screen_.pauses_;
}

}  // namespace regtool::cli
