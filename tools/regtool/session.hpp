#pragma once
// One run of the program: what commands work with.

#include "base/system_clock.hpp"
#include "engine/registry_access.hpp"
#include "engine/toolkit.hpp"
#include "global_options.hpp"
#include "host/load_settings.hpp"
#include "progress/progress_display.hpp"
#include "stderr_console.hpp"

#include <memory>

namespace regtool {
class Assembly;
}  // namespace regtool

namespace regtool::cli {

// What a command line says about how registries are reached; it goes before what the config says.
struct RegistryFlags {
  bool insecure = false;
  bool tls_no_verify = false;
  std::optional<unsigned> connections;
  std::string limit_rate;
};

// Everything is made when it is first asked for: `regtool version` loads no plugin and reads no config.
class Session {
 public:
  Session(GlobalOptions options, Screen& screen, std::stop_token stop);
  ~Session();

  const GlobalOptions& options() const noexcept { return options_; }
  StderrConsole& console() noexcept { return console_; }
  const Clock& clock() const noexcept { return clock_; }
  Context context() noexcept { return {stop_, clock_, console_}; }

  // A result, on standard output, as lines. When nobody reads it any more, it is dropped.
  Result<> print(std::string_view text);

  // Before any of the calls below.
  void use(const RegistryFlags& flags);

  // What the command line asks of the configuration.
  const ConfigRequest& config_request() const noexcept { return request_; }

  // The configuration and the objects made from it.
  Result<Assembly*> assembly();

  // On the store of that name, or the usual one. It is brought up to date before it is first given out.
  Result<Toolkit> toolkit(ProgressBoard& board, std::string_view store = {});

  // Runs `operation(toolkit)`, a function that returns a Result, and shows its progress meanwhile.
  template <class Operation>
  auto run(Operation operation, std::string_view store = {}) -> decltype(operation(std::declval<const Toolkit&>())) {
    ProgressBoard board;
    REGTOOL_TRY_ASSIGN(const auto tools, toolkit(board, store));
    const ProgressDisplay display(board, make_renderer(), clock_);
    return operation(tools);
  }

 private:
  std::unique_ptr<ProgressRenderer> make_renderer();

  const GlobalOptions options_;
  Screen& screen_;
  const std::stop_token stop_;
  SystemClock clock_;
  StderrConsole console_;
  ConfigRequest request_;
  std::unique_ptr<Assembly> assembly_;
};

}  // namespace regtool::cli
