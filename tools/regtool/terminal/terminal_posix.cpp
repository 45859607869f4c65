#include "terminal/terminal.hpp"

#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace regtool::cli {
namespace {

int descriptor(Stream stream) noexcept { return stream == Stream::output ? STDOUT_FILENO : STDERR_FILENO; }

// The controlling terminal with its echo off, as long as this lives.
class QuietTerminal {
 public:
  QuietTerminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    if (fd_ < 0) return;
    silenced_ = ::tcgetattr(fd_, &before_) == 0;
    if (!silenced_) return;
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(fd_, TCSAFLUSH, &quiet);
  }

  ~QuietTerminal() {
    if (silenced_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
    if (fd_ >= 0) ::close(fd_);
  }

  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

  bool ready() const noexcept { return silenced_; }

  void write(std::string_view text) const noexcept { (void)!::write(fd_, text.data(), text.size()); }

  // One character, or nothing: the input has ended, or `stop` was requested.
  bool read(char& c, const std::stop_token& stop) const noexcept {
    constexpr int stop_check_ms = 100;
    pollfd waiting{fd_, POLLIN, 0};
    while (!stop.stop_requested()) {
      const int ready = ::poll(&waiting, 1, stop_check_ms);
      if (ready < 0 && errno != EINTR) return false;
      if (ready > 0) return ::read(fd_, &c, 1) == 1;
    }
    return false;
  }

 private:
  int fd_;
  bool silenced_ = false;
  termios before_{};
};

tl::unexpected<Error> write_failure(int error) {
  const auto code = error == EPIPE ? Errc::unavailable : error == ENOSPC ? Errc::no_space : Errc::io;
  return fail(code, std::string("write the output: ") + std::strerror(error));
}

}  // namespace

bool is_terminal(Stream stream) noexcept { return ::isatty(descriptor(stream)) == 1; }

bool can_draw() noexcept {
  const char* type = std::getenv("TERM");
  return is_terminal(Stream::errors) && type != nullptr && std::string_view(type) != "dumb";
}

TerminalSize terminal_size() noexcept {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

bool in_foreground() noexcept {
  const auto owner = ::tcgetpgrp(STDERR_FILENO);
  return owner < 0 || owner == ::getpgrp();
}

bool has_unicode() noexcept {
  const auto locale = ::newlocale(LC_CTYPE_MASK, "", nullptr);
  if (locale == nullptr) return false;
  const bool utf8 = std::string_view(::nl_langinfo_l(CODESET, locale)) == "UTF-8";
  ::freelocale(locale);
  return utf8;
}

Result<> write_to(Stream stream, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor(stream), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      pollfd waiting{descriptor(stream), POLLOUT, 0};
      ::poll(&waiting, 1, -1);
      continue;
    }
    if (written < 0) return write_failure(errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::string> read_secret(std::string_view question, const std::stop_token& stop) {
  const QuietTerminal terminal;
  if (!terminal.ready()) return fail(Errc::unsupported, "there is no terminal to ask on");
  terminal.write(std::string(question) + ": ");
  std::string secret;
  char c = 0;
  bool more = false;
  while ((more = terminal.read(c, stop)) && c != '\n') secret += c;
  terminal.write("\n");
  if (!more) return fail(Errc::cancelled, "no answer was given");
  return secret;
}

}  // namespace regtool::cli
