#pragma once
// What the program's exit status says; docs/commands.md, "Exit status".

#include <regtool/error.hpp>

#include <string_view>

namespace regtool::cli {

enum class ExitStatus : int {
  done = 0,
  failed = 1,
  usage = 2,  // the command line or the config
  not_authorised = 3,
  not_found = 4,
  integrity = 5,
  network = 6,
  no_space = 7,
  interrupted = 130,  // 128 + SIGINT, as shells have it
};

ExitStatus exit_status(Errc code) noexcept;

constexpr int to_status(ExitStatus status) noexcept { return static_cast<int>(status); }

// The code's name, as in error.hpp: for JSON.
std::string_view to_string(Errc code) noexcept;

}  // namespace regtool::cli
