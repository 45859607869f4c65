#include "terminal/terminal.hpp"

#include <system_error>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

namespace regtool::cli {
namespace {

HANDLE handle_of(Stream stream) noexcept {
  return ::GetStdHandle(stream == Stream::output ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
}

class OwnHandle {
 public:
  explicit OwnHandle(const wchar_t* device) noexcept
      : handle_(::CreateFileW(device, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                              OPEN_EXISTING, 0, nullptr)) {}
  ~OwnHandle() {
    if (*this) ::CloseHandle(handle_);
  }
  OwnHandle(const OwnHandle&) = delete;
  OwnHandle& operator=(const OwnHandle&) = delete;

  HANDLE get() const noexcept { return handle_; }
  explicit operator bool() const noexcept { return handle_ != INVALID_HANDLE_VALUE; }

 private:
  const HANDLE handle_;
};

// The console with its echo off, as long as this lives.
class QuietConsole {
 public:
  QuietConsole() noexcept : in_(L"CONIN$"), out_(L"CONOUT$") {
    silenced_ = in_ && out_ && ::GetConsoleMode(in_.get(), &before_) != 0;
    if (silenced_) ::SetConsoleMode(in_.get(), before_ & ~static_cast<DWORD>(ENABLE_ECHO_INPUT));
  }

  ~QuietConsole() {
    if (silenced_) ::SetConsoleMode(in_.get(), before_);
  }
  QuietConsole(const QuietConsole&) = delete;
  QuietConsole& operator=(const QuietConsole&) = delete;

  bool ready() const noexcept { return silenced_; }

  void write(std::string_view text) const noexcept {
    DWORD ignored = 0;
    ::WriteFile(out_.get(), text.data(), static_cast<DWORD>(text.size()), &ignored, nullptr);
  }

  // One character, or nothing: the input has ended, or `stop` was requested.
  bool read(char& c, const std::stop_token& stop) const noexcept {
    constexpr DWORD stop_check_ms = 100;
    while (!stop.stop_requested()) {
      if (::WaitForSingleObject(in_.get(), stop_check_ms) != WAIT_OBJECT_0) continue;
      DWORD count = 0;
      return ::ReadFile(in_.get(), &c, 1, &count, nullptr) != 0 && count == 1;
    }
    return false;
  }

 private:
  const OwnHandle in_, out_;
  DWORD before_ = 0;
  bool silenced_ = false;
};

tl::unexpected<Error> write_failure(DWORD number) {
  const bool nobody_reads = number == ERROR_BROKEN_PIPE || number == ERROR_NO_DATA;
  const auto code = nobody_reads ? Errc::unavailable : number == ERROR_DISK_FULL ? Errc::no_space : Errc::io;
  return fail(code, "write the output: " + std::system_category().message(static_cast<int>(number)));
}

}  // namespace

// A console that can move its cursor: those of Windows 10 can, once they are told to.
bool is_terminal(Stream stream) noexcept {
  DWORD mode = 0;
  const auto handle = handle_of(stream);
  return ::GetConsoleMode(handle, &mode) != 0 &&
         ::SetConsoleMode(handle, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}

bool can_draw() noexcept { return is_terminal(Stream::errors); }

TerminalSize terminal_size() noexcept {
  CONSOLE_SCREEN_BUFFER_INFO info{};
  if (!::GetConsoleScreenBufferInfo(handle_of(Stream::errors), &info)) return {};
  const auto& window = info.srWindow;
  return {static_cast<std::size_t>(window.Right - window.Left + 1),
          static_cast<std::size_t>(window.Bottom - window.Top + 1)};
}

bool in_foreground() noexcept { return true; }

// What is written is UTF-8, whatever the console was set to before.
bool has_unicode() noexcept { return ::SetConsoleOutputCP(CP_UTF8) != 0; }

Result<> write_to(Stream stream, std::string_view text) {
  while (!text.empty()) {
    DWORD written = 0;
    if (!::WriteFile(handle_of(stream), text.data(), static_cast<DWORD>(text.size()), &written, nullptr)) {
      return write_failure(::GetLastError());
    }
    text.remove_prefix(written);
  }
  return {};
}

Result<std::string> read_secret(std::string_view question, const std::stop_token& stop) {
  const QuietConsole console;
  if (!console.ready()) return fail(Errc::unsupported, "there is no terminal to ask on");
  console.write(std::string(question) + ": ");
  std::string secret;
  char c = 0;
  bool more = false;
  while ((more = console.read(c, stop)) && c != '\n') {
    if (c != '\r') secret += c;
  }
  console.write("\r\n");
  if (!more) return fail(Errc::cancelled, "no answer was given");
  return secret;
}

}  // namespace regtool::cli
