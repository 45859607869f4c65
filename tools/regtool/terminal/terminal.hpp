#pragma once
// What the display needs to know of a terminal, and the question that must not be echoed. One file a platform.

#include <regtool/result.hpp>

#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>

namespace regtool::cli {

enum class Stream { output, errors };

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

bool is_terminal(Stream stream) noexcept;

// True if standard error is a terminal that can move its cursor.
bool can_draw() noexcept;

// Of the terminal behind standard error; 80x24 where it cannot be asked.
TerminalSize terminal_size() noexcept;

// False while another program has the terminal: whoever draws then scribbles over it.
bool in_foreground() noexcept;

// True if the terminal can show block characters, going by the locale's encoding.
bool has_unicode() noexcept;

// Writes all of `text`. Errc::unavailable: nobody reads any more (SIGPIPE has to be ignored); Errc::no_space; Errc::io.
Result<> write_to(Stream stream, std::string_view text);

// Asks on the controlling terminal, whatever the streams are redirected to, and reads a line without echo. The terminal
// is as it was before on every path. Errc::unsupported without a terminal; Errc::cancelled after `stop`, or at the end
// of input.
Result<std::string> read_secret(std::string_view question, const std::stop_token& stop);

}  // namespace regtool::cli
